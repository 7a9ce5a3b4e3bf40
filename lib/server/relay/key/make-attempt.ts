import type { KeyContext } from './key-context'
import type { Refusal } from './refusal'
import { replaceAttempt } from './sign-attempt'
import type { StoredTransaction } from './store-transaction'

/** A base fee above what the transaction pays is answered at once, but not more often. */
const REPRICE_MS = 1_000
/** So many blocks without it are no chance. */
const PASSED_BLOCKS = 3n
/** Of the patience with a transaction that a node will never take. */
const NEVER_PART = 12

/** How far a transaction has come. Milliseconds are those of the wall clock. */
export type Progress = {
  startedMs: number
  /** Newest block then. */
  startedAt: bigint
  /** Handed to the node last. */
  sentMs: number
  /** When the newest attempt was made. */
  attemptMs: number
  /** Since when no node takes it, and why. */
  refused: { sinceMs: number; refusal: Refusal } | null
  /** Since when its fees are as high as they may be. */
  cappedMs: number | null
  /** Since when the account's nonce lies below. */
  gapMs: number | null
  wasRefused: boolean
  /** When expired intents were looked for last. */
  expiredMs: number
}

/** Of a transaction that is about to be sent. */
export function startProgress({ pulse }: KeyContext): Progress {
  const startedMs = Date.now()
  return {
    ...{ startedMs, startedAt: pulse.blockNumber(), sentMs: 0 },
    ...{ attemptMs: startedMs, refused: null, cappedMs: null, gapMs: null },
    ...{ wasRefused: false, expiredMs: startedMs },
  }
}

/** Makes a dearer attempt, or a no-op, when it is time for one. */
export async function makeAttempt(
  key: KeyContext,
  transaction: StoredTransaction,
  progress: Progress,
): Promise<boolean> {
  const newest = transaction.attempts.at(-1)
  if (!newest || progress.refused?.refusal === 'funds') return false
  // Above a gap no fee helps.
  if (progress.gapMs !== null) return false
  const isPassedOver = isPassedOverBy(key, newest.maxFeePerGas, progress)
  const isGivenUp =
    !newest.isNoop && (isPassedOver || mustGiveUp(key, progress))
  if (!isGivenUp && !isStuck(key, newest.maxFeePerGas, progress)) return false
  progress.attemptMs = Date.now()
  const kind = isGivenUp || newest.isNoop ? 'noop' : 'work'
  const wasRefused = isPassedOver || isRefusedForGood(progress)
  if (!(await replaceAttempt(key, transaction, kind))) {
    progress.cappedMs ??= Date.now()
    return false
  }
  if (isGivenUp) progress.wasRefused = wasRefused
  progress.refused = null
  return true
}

function isStuck(
  { fees, patience }: KeyContext,
  maxFeePerGas: bigint,
  { attemptMs, refused }: Progress,
): boolean {
  const sinceMs = Date.now() - attemptMs
  if (sinceMs > patience.stuckAfterMs) return true
  const isTooCheap = refused?.refusal === 'fee' || fees.baseFee() > maxFeePerGas
  return isTooCheap && sinceMs > REPRICE_MS
}

/** Blocks go by without it, although it pays enough: it is not its fees. */
function isPassedOverBy(
  { fees, patience, pulse }: KeyContext,
  maxFeePerGas: bigint,
  { startedMs, startedAt }: Progress,
): boolean {
  const isOver = Date.now() - startedMs > patience.giveUpAfterMs
  const blocks = pulse.blockNumber() - startedAt
  return isOver && blocks >= PASSED_BLOCKS && fees.baseFee() <= maxFeePerGas
}

function mustGiveUp(
  { patience }: KeyContext,
  { cappedMs, refused }: Progress,
): boolean {
  const { giveUpAfterMs } = patience
  const isOver = (sinceMs: number, part = 1) =>
    Date.now() - sinceMs > giveUpAfterMs / part
  if (cappedMs !== null && isOver(cappedMs)) return true
  if (refused === null) return false
  const { refusal, sinceMs } = refused
  if (refusal === 'never') return isOver(sinceMs, NEVER_PART)
  return refusal === 'other' && isOver(sinceMs)
}

function isRefusedForGood({ refused }: Progress): boolean {
  return refused?.refusal === 'never' || refused?.refusal === 'other'
}
