import { keccak256, parseTransaction } from 'viem'
import { logger } from '../../log/logger'
import { countReplacement } from '../../observe/note-transaction'
import type { Fees } from './fees'
import type { KeyContext } from './key-context'
import type { Payload } from './signer'
import {
  type StoredAttempt,
  type StoredTransaction,
  storeAttempt,
} from './store-transaction'

/** A transaction signed with these fees, ready to be stored. */
export async function signAttempt(
  { signer }: KeyContext,
  nonce: number,
  payload: Payload,
  price: Fees,
): Promise<StoredAttempt> {
  const raw = await signer.sign(nonce, payload, price)
  return { hash: keccak256(raw), raw, isNoop: payload === 'noop', ...price }
}

/**
 * Stores a dearer attempt for the same nonce: the same call data, or the no-op.
 * @returns false when the fees are at their cap. @throws LeaseLost
 */
export async function replaceAttempt(
  key: KeyContext,
  transaction: StoredTransaction,
  kind: 'work' | 'noop',
): Promise<boolean> {
  const newest = transaction.attempts.at(-1)
  const price = newest && key.fees.raise(newest, kind)
  if (!newest || !price) return false
  const { nonce, id } = transaction
  const payload = kind === 'noop' ? 'noop' : payloadOf(newest)
  const attempt = await signAttempt(key, nonce, payload, price)
  await storeAttempt(key.database, key.lease, id, attempt)
  transaction.attempts.push(attempt)
  countReplacement(kind === 'noop' ? 'noop' : 'dearer')
  logger.info(
    {
      ...{ transactionId: id, signer: key.signer.address, nonce },
      ...{ txHash: attempt.hash, kind },
    },
    'replaced',
  )
  return true
}

function payloadOf({ raw }: StoredAttempt): Payload {
  const { data = '0x', gas = 0n } = parseTransaction(raw)
  return { data, gas }
}
