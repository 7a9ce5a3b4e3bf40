import { setTimeout as sleep } from 'node:timers/promises'
import { shorten } from '../../log/describe-error'
import { logger } from '../../log/logger'
import { expireSubmitted } from '../settle/expire-submitted'
import { broadcast, findReceipt, type Receipt } from './broadcast'
import { fillGap } from './fill-gap'
import { findWaiting } from './held-nonces'
import type { KeyContext } from './key-context'
import { makeAttempt, type Progress, startProgress } from './make-attempt'
import { classifyRefusal } from './refusal'
import type { StoredTransaction } from './store-transaction'

const POLL_FIRST_MS = 20
const POLL_MAX_MS = 500
/** An unmined transaction is handed to the node again this often. */
const REBROADCAST_MS = 2_000
/** A nonce that lies above the account's for so long will not be reached by itself. */
const GAP_MS = 2_000
/** Intents that wait for so long may be over. */
const EXPIRE_MS = 5_000

/** How a stored transaction ended. */
export type Ending =
  | { kind: 'mined'; transaction: StoredTransaction; receipt: Receipt }
  /** Our own no-op was mined in its place; `isRefused` when no node would take or mine the transaction itself. */
  | {
      kind: 'cancelled'
      transaction: StoredTransaction
      receipt: Receipt
      isRefused: boolean
    }
  /** Its nonce was used by a transaction that is not ours; `head` is a block in which it was. */
  | { kind: 'lost'; transaction: StoredTransaction; head: bigint }

/** Transactions with lower nonces wait to be mined again, because their blocks were undone: they go first. */
export class LowerNonceWaits extends Error {}

/**
 * Sends the newest attempt until one of them is mined or the nonce is gone: again when the node forgets it, dearer when
 * it is stuck, as a no-op when it cannot be mined.
 * @param isNew It has never been sent: there is nothing to look for yet.
 * @throws LowerNonceWaits; and when the lease is lost
 */
export async function awaitMined(
  key: KeyContext,
  transaction: StoredTransaction,
  isNew: boolean,
): Promise<Ending> {
  const { lost } = key.lease
  const progress = startProgress(key)
  let isAway = false
  for (
    let pollMs = POLL_FIRST_MS;
    ;
    pollMs = Math.min(pollMs * 2, POLL_MAX_MS)
  ) {
    try {
      const ending = await advance(key, transaction, progress, isNew)
      if (ending) return ending
      isAway = false
    } catch (error) {
      lost.throwIfAborted()
      if (error instanceof LowerNonceWaits) throw error
      if ((error as Error).name === 'LeaseLost') throw error
      if (!isAway)
        logger.warn({ err: error, ...named(transaction) }, 'cannot go on now')
      isAway = true
    }
    await sleep(pollMs, undefined, { signal: lost })
    // An orderly end leaves what is stored to the next holder, once it takes longer than a moment.
    if (key.lease.ending.aborted && pollMs >= POLL_MAX_MS)
      throw new Error('given back before it was mined')
  }
}

async function advance(
  key: KeyContext,
  transaction: StoredTransaction,
  progress: Progress,
  isNew: boolean,
): Promise<Ending | null> {
  key.lease.lost.throwIfAborted()
  // After a start or an undone block the transaction may be mined already.
  if (progress.sentMs > 0 || !isNew) {
    const receipt = await findReceipt(key.client, hashesOf(transaction))
    if (receipt) return toEnding(transaction, receipt, progress)
    const ending = await checkNonce(key, transaction, progress)
    if (ending) return ending
  }
  if (Date.now() - progress.sentMs > REBROADCAST_MS) {
    const receipt = await send(key, transaction, progress)
    if (receipt) return toEnding(transaction, receipt, progress)
  }
  if (Date.now() - progress.expiredMs > EXPIRE_MS) {
    progress.expiredMs = Date.now()
    await expireSubmitted(key, transaction)
  }
  if (await makeAttempt(key, transaction, progress)) {
    const receipt = await send(key, transaction, progress)
    if (receipt) return toEnding(transaction, receipt, progress)
  }
  return null
}

async function send(
  key: KeyContext,
  transaction: StoredTransaction,
  progress: Progress,
): Promise<Receipt | null> {
  const newest = transaction.attempts.at(-1)
  if (!newest) return null
  progress.sentMs = Date.now()
  const { receipt, refusal: words } = await broadcast(
    ...([key.client, newest.raw, key.lease.lost] as const),
  )
  noteRefusal(key, transaction, progress, words)
  return receipt
}

function noteRefusal(
  { balance }: KeyContext,
  transaction: StoredTransaction,
  progress: Progress,
  words: string | null,
): void {
  const refusal = words === null ? null : classifyRefusal(words)
  if (refusal === 'funds') balance.noteInsufficient()
  const isTaken = refusal === null || refusal === 'known'
  if (isTaken || refusal === 'nonce') {
    progress.refused = null
    return
  }
  if (progress.refused?.refusal !== refusal)
    logger.warn(
      { ...named(transaction), refusal, words: shorten(words ?? '') },
      'not taken',
    )
  const sinceMs = progress.refused?.sinceMs ?? Date.now()
  progress.refused = { sinceMs, refusal }
}

/** Whether the nonce is used, or cannot be reached because one below it is free. */
async function checkNonce(
  key: KeyContext,
  transaction: StoredTransaction,
  progress: Progress,
): Promise<Ending | null> {
  const { client, database, signer } = key
  const { address } = signer
  const { nonce } = transaction
  const next = await client.getTransactionCount({
    ...{ address, blockTag: 'latest' },
  })
  if (next > nonce) return endUsedNonce(key, transaction, progress)
  if (next === nonce) progress.gapMs = null
  else progress.gapMs ??= Date.now()
  if (progress.gapMs === null || Date.now() - progress.gapMs <= GAP_MS)
    return null
  const waiting = await findWaiting(database, address, next, nonce)
  if (waiting.size > 0) throw new LowerNonceWaits()
  await fillGap(key, next, nonce)
  progress.gapMs = Date.now()
  return null
}

/** Looks once more for each attempt: a node may count a nonce before it serves the receipt. */
async function endUsedNonce(
  { client, lease }: KeyContext,
  transaction: StoredTransaction,
  progress: Progress,
): Promise<Ending> {
  const head = await client.getBlockNumber()
  for (let tries = 0; tries < 5; tries += 1) {
    const receipt = await findReceipt(client, hashesOf(transaction))
    if (receipt) return toEnding(transaction, receipt, progress)
    await sleep(200, undefined, { signal: lease.lost })
  }
  return { kind: 'lost', transaction, head }
}

function toEnding(
  transaction: StoredTransaction,
  receipt: Receipt,
  { wasRefused: isRefused }: Progress,
): Ending {
  const hash = receipt.transactionHash
  const mined = transaction.attempts.find((attempt) => attempt.hash === hash)
  return mined?.isNoop && transaction.purpose !== 'noop'
    ? { kind: 'cancelled', transaction, receipt, isRefused }
    : { kind: 'mined', transaction, receipt }
}

function hashesOf({ attempts }: StoredTransaction) {
  return attempts.map(({ hash }) => hash).reverse()
}

function named({ id, signer, nonce, purpose }: StoredTransaction) {
  return { transactionId: id, signer, nonce, purpose }
}
