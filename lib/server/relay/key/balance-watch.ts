import type { Address } from 'viem'
import { logger } from '../../log/logger'
import type { RelayContext } from '../relay-context'
import type { Receipt } from './broadcast'
import type { SignerRole } from './signer'

/** A balance is read, and stored for the web processes, this often. */
const READ_MS = 3_000

/** Knows whether a key can pay. Below the minimum it takes no new work; what it has begun it finishes. */
export type BalanceWatch = {
  /** Whether the key may take new work. */
  mayWork(): Promise<boolean>
  /** Takes off what a transaction cost. */
  noteCost(receipt: Receipt): void
  /** The node takes nothing from this key for want of funds, whatever the minimum is; until a transaction is mined. */
  noteInsufficient(): void
}

/** @param key Whose balance. @param minWei A key with less takes no new work. */
export function createBalanceWatch(
  { client, database }: RelayContext,
  key: { address: Address; role: SignerRole; index: number },
  minWei: bigint,
): BalanceWatch {
  const { address, role, index } = key
  let balance: bigint | null = null
  let readMs = 0
  let isInsufficient = false
  let wasLow = false

  const isLow = () => isInsufficient || balance === null || balance < minWei

  const read = async () => {
    readMs = Date.now()
    balance = await client.getBalance({ address })
    const balanceWei = balance.toString()
    if (isLow() !== wasLow)
      logger.warn(
        { address, role, balanceWei },
        isLow() ? 'balance is low: no new work' : 'balance is enough again',
      )
    wasLow = isLow()
    await database.pool.query(
      `INSERT INTO "RelayKey" (address, role, index, "balanceWei", "isLow") VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (address) DO UPDATE SET role = $2, index = $3, "balanceWei" = $4, "isLow" = $5, "seenAt" = now()`,
      [address, role, index, balanceWei, isLow()],
    )
  }
  const readLater = () => {
    read().catch((error) =>
      logger.warn({ err: error, address }, 'balance cannot be read'),
    )
  }

  return {
    async mayWork() {
      const isDue = Date.now() - readMs > READ_MS
      if (balance === null || (isLow() && !wasLow) || (isDue && wasLow))
        await read()
      else if (isDue) readLater()
      return !isLow()
    },
    noteCost({ gasUsed, effectiveGasPrice }) {
      isInsufficient = false
      if (balance !== null) balance -= gasUsed * effectiveGasPrice
    },
    noteInsufficient() {
      if (isInsufficient) return
      isInsufficient = true
      readLater()
    },
  }
}
