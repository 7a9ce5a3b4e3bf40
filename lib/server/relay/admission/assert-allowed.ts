import { size } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import { type ErrorCode, errorTable } from '@/lib/errors/error-table'
import { evaluateIntent, type SessionFacts } from '@/lib/intent/evaluate-intent'
import type { Intent } from '@/lib/intent/intent'
import { windowAt } from '@/lib/permission/period'
import type { SessionUsage } from '@/lib/session/session-usage'
import { BLOCK_LAG_SECONDS } from '../../chain/clock'
import { describeRevoker } from '../../session/describe-revoker'
import type { AdmissionFacts } from './admission-facts'
import { type Charges, chargesBetween } from './reserve-usage'

/** Unsettled intents that a session may have at once. */
const PENDING_MAX = 256
/** An intent that would expire sooner than this cannot be expected to land. */
const MIN_TTL_SECONDS = 3
const MIN_CALL_GAS = 5_000
/** Call data of one intent: what surely fits a transaction of its own, grant included. */
const CALL_DATA_MAX_BYTES = 32_768

/** What follows for its session when an intent is admitted. */
export type Allowance = {
  /** What has to be reserved for it. */
  charges: Charges
  /** Use of the session as if it had succeeded too. */
  usage: SessionUsage
}

/**
 * Judges an intent by the chain's rules, counting what is on its way.
 * @throws PlaykeyError naming the limit and the remedy
 */
export function assertAllowed(
  facts: AdmissionFacts,
  intent: Intent,
): Allowance {
  assertNotEnded(facts)
  const { session, pausedUntil, nowSeconds } = facts
  const verdict = evaluateIntent({ session, intent, nowSeconds, pausedUntil })
  if (!verdict.ok) throw withConflict(verdict.error, facts, intent)
  assertPeriodBegan(facts, intent)
  assertCarriable(facts, intent)
  const { usage } = verdict
  return { usage, charges: chargesBetween(session.table, session.usage, usage) }
}

/** Right after a period began by our clock, the next block may still belong to the one before, where the intent would be too much. */
function assertPeriodBegan(facts: AdmissionFacts, intent: Intent): void {
  const { session, pausedUntil, usageAt } = facts
  if (!hasPeriodBegun(session, facts.nowSeconds)) return
  const nowSeconds = lagging(session, facts.nowSeconds)
  const verdict = evaluateIntent({
    ...{ intent, nowSeconds, pausedUntil },
    session: { ...session, usage: usageAt(nowSeconds) },
  })
  if (!verdict.ok && /_period_/.test(verdict.error.code)) throw verdict.error
}

/** Whether a period of the session began after `sinceSeconds`, or so shortly before that the next block may still have belonged to the one before. */
export function hasPeriodBegun(
  session: SessionFacts,
  nowSeconds: number,
  sinceSeconds = nowSeconds,
): boolean {
  const { table, validAfter } = session
  const before = lagging(session, sinceSeconds)
  const hasBegun = ({ period }: { period: number }) =>
    windowAt(before, validAfter, period) !==
    windowAt(nowSeconds, validAfter, period)
  return table.entries.some(hasBegun) || table.spends.some(hasBegun)
}

function lagging({ validAfter }: SessionFacts, nowSeconds: number): number {
  return Math.max(nowSeconds - BLOCK_LAG_SECONDS, validAfter)
}

/** What the chain would let run, but this relay cannot bring there. */
function assertCarriable(facts: AdmissionFacts, intent: Intent): void {
  const { nowSeconds } = facts
  if (intent.expiry - nowSeconds < MIN_TTL_SECONDS)
    throw new PlaykeyError('intent_expiry_too_soon', {
      details: {
        expiry: intent.expiry,
        earliest: nowSeconds + MIN_TTL_SECONDS,
      },
    })
  if (intent.callGas < MIN_CALL_GAS)
    throw new PlaykeyError('call_gas_too_low', {
      details: { callGas: intent.callGas, minCallGas: MIN_CALL_GAS },
    })
  const bytes = intent.calls.reduce((sum, call) => sum + size(call.data), 0)
  if (bytes > CALL_DATA_MAX_BYTES)
    throw new PlaykeyError('payload_too_large', {
      details: { bytes, maxBytes: CALL_DATA_MAX_BYTES },
    })
  if (facts.pending.length >= PENDING_MAX) throw tooFast(250)
}

/** A player whose session was ended learns by whom and why. */
function assertNotEnded(facts: AdmissionFacts): void {
  if (facts.revocation) {
    const by = describeRevoker(facts.revocation)
    throw new PlaykeyError('session_revoked', {
      details: { revokedBy: by, reason: facts.revocation.reason },
    })
  }
  const { grant, nowSeconds, session } = facts
  if (!grant) return
  if (session.status === 'pending' && grant.error !== null)
    throw new PlaykeyError(
      Object.hasOwn(errorTable, grant.error)
        ? (grant.error as ErrorCode)
        : 'session_not_active',
    )
  if (nowSeconds >= grant.deadline)
    throw new PlaykeyError('grant_expired', {
      details: { grantDeadline: grant.deadline, nowSeconds },
    })
}

function withConflict(
  error: PlaykeyError,
  facts: AdmissionFacts,
  intent: Intent,
): PlaykeyError {
  if (error.code !== 'sequence_used') return error
  const holder = facts.pending.find(
    ({ lane, sequence }) =>
      lane === intent.lane && sequence === intent.sequence,
  )
  if (!holder) return error
  return new PlaykeyError('sequence_conflict', {
    details: { ...error.details, existingId: holder.id },
  })
}

/** Refusal of someone who should slow down. */
export function tooFast(retryAfterMs: number): PlaykeyError {
  return new PlaykeyError('rate_limited', { details: { retryAfterMs } })
}
