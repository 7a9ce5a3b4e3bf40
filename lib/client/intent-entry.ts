import {
  type SerializedError,
  serializeError,
} from '@/lib/errors/action-result'
import { PlaykeyError, type PlaykeyErrorOptions } from '@/lib/errors/base-error'
import { type ErrorCode, errorTable } from '@/lib/errors/error-table'
import type { Call, SignedIntent } from '@/lib/intent/intent'
import type { ActivityEntry, ActivityStatus, IntentOutcome } from './activity'
import type { Charge } from './usage-ledger'

/** One intent inside the queue. */
export type QueueEntry = {
  /** Counted from 1 in the order of key presses. */
  order: number
  view: ActivityEntry
  calls: Call[]
  callGas: number
  charge: Charge
  signed: SignedIntent | null
  /** How often it was signed again under another sequence or expiry. */
  resigned: number
  /** Monotonic milliseconds of the key press. */
  startedMs: number
  settle: (outcome: IntentOutcome) => void
}

const finalStatuses: ReadonlySet<ActivityStatus> = new Set([
  'confirmed',
  'reverted',
  'rejected',
  'refused',
  'rolled_back',
])

/** Whether nothing more will happen to an entry. */
export function isFinal(status: ActivityStatus): boolean {
  return finalStatuses.has(status)
}

/** Whether an entry has not been acknowledged by the relay. */
export function isUnsent(status: ActivityStatus): boolean {
  return status === 'signing' || status === 'outbox'
}

/** Refusals after which the same calls may be signed again: only the place in the lane or the clock was wrong. */
const resignable: ReadonlySet<ErrorCode> = new Set([
  'sequence_used',
  'sequence_ahead',
  'sequence_conflict',
  'intent_expired',
  'intent_expiry_too_far',
  'intent_expiry_too_soon',
])

/** Refusals after which the very same bytes may be sent again. */
const retryable: ReadonlySet<ErrorCode> = new Set([
  'temporarily_unavailable',
  'rate_limited',
  'connection_lost',
])

/** Whether signing again may help. */
export function isResignable(error: SerializedError): boolean {
  return resignable.has(error.code)
}

/** Whether waiting may help. */
export function isRetryable(error: SerializedError): boolean {
  return retryable.has(error.code)
}

/** An error for what the relay gave as reason: an error code, or the words of the game's contract. */
export function errorOfReason(
  reason: string | null | undefined,
  fallback: ErrorCode,
): SerializedError {
  if (reason && Object.hasOwn(errorTable, reason)) {
    return serializeError(new PlaykeyError(reason as ErrorCode))
  }
  const options: PlaykeyErrorOptions = reason ? { details: { reason } } : {}
  return serializeError(new PlaykeyError(fallback, options))
}
