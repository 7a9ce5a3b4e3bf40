import { setTimeout as sleep } from 'node:timers/promises'
import { logger } from '../../log/logger'
import { awaitMined, type Ending, LowerNonceWaits } from './await-mined'
import { fillGap } from './fill-gap'
import { findHighestHeld, freeNonces } from './held-nonces'
import type { KeyContext } from './key-context'
import { signAttempt } from './sign-attempt'
import {
  type Job,
  loadPrepared,
  type StoredTransaction,
  storeTransaction,
} from './store-transaction'

/** How long the chain may count less than what is stored says, before it is believed. */
const LOWERED_MS = 3_000
const RECOUNT_MS = 250
/** SQL state of a nonce that another transaction holds. */
const HELD = '23505'

/** One key's transactions, one at a time, in the order of their nonces. A transaction's nonce never changes. */
export type TransactionLane = {
  /** Stores, sends and waits. Null when the work was cancelled before anything was stored, or when what was undone has to be restored first. */
  send(job: Job): Promise<Ending | null>
  /** Takes up what an earlier holder, or an undone block, left behind, in the order of nonces, and counts anew. */
  restore(settle: (ending: Ending) => Promise<void>): Promise<void>
}

export function createTransactionLane(key: KeyContext): TransactionLane {
  let nextNonce: number | null = null

  return {
    async send(job) {
      nextNonce ??= await findNextNonce(key)
      const nonce = nextNonce
      nextNonce = null
      const stored = await store(key, nonce, job)
      if (stored) {
        const ending = await awaitInOrder(key, stored, true)
        if (ending && ending.kind !== 'lost') nextNonce = nonce + 1
        return ending
      }
      if (stored === null) nextNonce = nonce
      return null
    },
    async restore(settle) {
      nextNonce = null
      for (;;) {
        const left = await loadPrepared(key.database, key.signer.address)
        if (left.length === 0) break
        for (const stored of left) {
          const { id: transactionId, nonce } = stored
          const { address: signer } = key.signer
          logger.info(
            { transactionId, signer, nonce },
            'recovering a transaction',
          )
          const next = await countOnChain(key)
          if (next < nonce) await fillGap(key, next, nonce)
          const ending = await awaitInOrder(key, stored, false)
          // What is stored is read again, from the lowest nonce on.
          if (!ending) break
          await settle(ending)
        }
      }
      nextNonce = await findNextNonce(key)
    },
  }
}

/** Null when a lower nonce has to be mined first. */
function awaitInOrder(
  key: KeyContext,
  stored: StoredTransaction,
  isNew: boolean,
): Promise<Ending | null> {
  return awaitMined(key, stored, isNew).catch((error: unknown) => {
    if (!(error instanceof LowerNonceWaits)) throw error
    return null
  })
}

/** Signs and stores the job; null when its work was cancelled, undefined when the nonce is held by another transaction. */
async function store(key: KeyContext, nonce: number, job: Job) {
  const attempt = await signAttempt(key, nonce, job, key.fees.current())
  const place = { signer: key.signer.address, nonce }
  try {
    return await storeTransaction(key.database, key.lease, place, job, attempt)
  } catch (error) {
    if ((error as { code?: string }).code !== HELD) throw error
    logger.warn(place, 'nonce is held by another transaction')
    return undefined
  }
}

/**
 * The nonce after all that are used or held. When the chain goes on counting less than what is stored says, it is right:
 * it knows less than it did, or the counter was wrong.
 */
async function findNextNonce(key: KeyContext): Promise<number> {
  const { database, lease, signer } = key
  const untilMs = Date.now() + LOWERED_MS
  for (;;) {
    const next = await countOnChain(key)
    const held = await findHighestHeld(database, signer.address)
    if (held < next) return next
    if (Date.now() > untilMs) {
      const { address } = signer
      logger.warn({ signer: address, next, held }, 'nonce counter is lowered')
      await freeNonces(database, lease, signer.address, next)
      return Math.max(
        next,
        1 + (await findHighestHeld(database, signer.address)),
      )
    }
    await sleep(RECOUNT_MS, undefined, { signal: lease.lost })
  }
}

function countOnChain({ client, signer }: KeyContext): Promise<number> {
  const { address } = signer
  return client.getTransactionCount({ address, blockTag: 'latest' })
}
