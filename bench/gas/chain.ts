import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Address,
  concat,
  createTestClient,
  type Hex,
  http,
  publicActions,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
  walletActions,
} from 'viem'
import { foundry } from 'viem/chains'
import { deterministicDeployer } from '@/lib/contracts/addresses'
import { deployments } from '@/lib/contracts/deployments'
import { localAccounts } from '@/scripts/stack/keys'

/** Most gas that a transaction may use on an Osaka chain (EIP-7825). */
export const MAX_TRANSACTION_GAS = 16_777_216n
const START_SECONDS = 2_000_000_000n
const RECEIPT_TIMEOUT_MS = 60_000

function connect(url: string) {
  return createTestClient({
    mode: 'anvil',
    chain: foundry,
    account: localAccounts.relayer,
    transport: http(url, { timeout: 120_000 }),
  })
    .extend(publicActions)
    .extend(walletActions)
}

/** A client that sends as the relayer. */
export type Chain = ReturnType<typeof connect>

/**
 * Connects to an Anvil without history and sets its clock: to a fixed time,
 * one second a block, so that every run sends the same bytes.
 */
export async function openChain(url: string): Promise<Chain> {
  const chain = connect(url)
  await chain.setNextBlockTimestamp({ timestamp: START_SECONDS })
  await chain.mine({ blocks: 1 })
  await chain.setBlockTimestampInterval({ interval: 1 })
  return chain
}

/**
 * The receipt of a transaction, as soon as it is there. Asks for it again and
 * again: viem's waiting by block numbers misses one now and then on Anvil.
 * @throws when it is not there in time, or the transaction reverted.
 */
export async function waitForReceipt(
  chain: Chain,
  hash: Hex,
): Promise<TransactionReceipt> {
  const deadline = Date.now() + RECEIPT_TIMEOUT_MS
  for (;;) {
    const receipt = await chain
      .getTransactionReceipt({ hash })
      .catch((error: unknown) => {
        if (error instanceof TransactionReceiptNotFoundError) return null
        throw error
      })
    if (receipt?.status === 'success') return receipt
    if (receipt) throw new Error(`${hash} reverted`)
    if (Date.now() > deadline) throw new Error(`no receipt of ${hash}`)
    await sleep(2)
  }
}

/** Sends from the relayer. @throws when the transaction reverts. */
export async function send(
  chain: Chain,
  transaction: { to?: Address; data: Hex; value?: bigint },
): Promise<TransactionReceipt> {
  const gas = MAX_TRANSACTION_GAS
  const hash = await chain.sendTransaction({ ...transaction, gas })
  return waitForReceipt(chain, hash)
}

/** Puts Playkey's contracts where they are on every chain. */
export async function deployPlaykey(chain: Chain): Promise<void> {
  for (const { address, initCode } of deployments) {
    const data = concat([`0x${'00'.repeat(32)}`, initCode])
    await send(chain, { to: deterministicDeployer, data })
    if (!(await chain.getCode({ address })))
      throw new Error(`nothing at ${address}`)
  }
}
