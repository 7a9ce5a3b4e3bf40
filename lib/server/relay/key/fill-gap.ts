import { logger } from '../../log/logger'
import { broadcast } from './broadcast'
import { findWaiting, freeNonces } from './held-nonces'
import type { KeyContext } from './key-context'
import { signAttempt } from './sign-attempt'
import { storeTransaction } from './store-transaction'

/** No-ops of one round; what is beyond comes in the next. */
const ROUND_MAX = 256

/**
 * Uses up nonces that nothing else will, so that those above can be mined. They are stored like any transaction; what
 * became of them is looked up later.
 * @param from First free nonce on chain. @param to Exclusive. @throws LeaseLost
 */
export async function fillGap(
  key: KeyContext,
  from: number,
  to: number,
): Promise<void> {
  const { database, lease, signer } = key
  const { address } = signer
  const end = Math.min(to, from + ROUND_MAX)
  logger.warn({ signer: address, from, to }, 'filling a gap of nonces')
  await freeNonces(database, lease, address, from)
  const waiting = await findWaiting(database, address, from, end)
  for (let nonce = from; nonce < end; nonce += 1) {
    if (waiting.has(nonce)) continue
    const attempt = await signAttempt(key, nonce, 'noop', key.fees.current())
    const place = { signer: address, nonce }
    await storeTransaction(database, lease, place, null, attempt)
    await broadcast(key.client, attempt.raw, lease.lost)
  }
}
