import { PlaykeyError } from '@/lib/errors/base-error'
import type { ErrorCode } from '@/lib/errors/error-table'
import { DURATION_LIMIT_SECONDS, MAX_SESSION_SECONDS } from './limits'
import type { Session } from './session'
import type { SessionWord } from './session-word'

/** What the chain knows when a grant arrives. */
export type GrantFacts = {
  /** The session as it is stored under the id of the grant. */
  stored: Pick<SessionWord, 'status' | 'validAfter' | 'validUntil'>
  /** Null for a session without a policy. */
  policy: {
    maxDurationSeconds: number
    /** Unix seconds; 0 = not paused. */
    pausedUntil: number
  } | null
  nowSeconds: number
}

/** What a grant would do. `unchanged`: the session is active with this very window, so its intent runs as if no grant were there. */
export type GrantVerdict =
  | { ok: true; effect: 'granted' | 'renewed' | 'unchanged' }
  | { ok: false; error: PlaykeyError }

type Window = Pick<Session, 'validAfter' | 'validUntil' | 'grantDeadline'>

function refusal(
  code: ErrorCode,
  details: Record<string, string | number>,
): GrantVerdict {
  return { ok: false, error: new PlaykeyError(code, { details }) }
}

/** A later end of the same start, or nothing: an old signature must not shorten a renewed session. */
function judgeRenewal(
  window: Window,
  { stored }: GrantFacts,
): GrantVerdict | null {
  const isSameStart = window.validAfter === stored.validAfter
  if (isSameStart && window.validUntil === stored.validUntil) {
    return { ok: true, effect: 'unchanged' }
  }
  if (window.validUntil <= stored.validUntil) {
    return refusal('renewal_not_later', {
      validUntil: stored.validUntil,
      given: window.validUntil,
    })
  }
  if (isSameStart) return null
  return refusal('renewal_mismatch', {
    validAfter: stored.validAfter,
    given: window.validAfter,
  })
}

function judgeWindow(
  { validAfter, validUntil, grantDeadline }: Window,
  { stored, policy, nowSeconds }: GrantFacts,
): GrantVerdict | null {
  if (validAfter >= validUntil || nowSeconds >= validUntil) {
    return refusal('invalid_window', { validAfter, validUntil })
  }
  if (policy && nowSeconds < policy.pausedUntil) {
    return refusal('policy_paused', { pausedUntil: policy.pausedUntil })
  }
  const max = policy?.maxDurationSeconds ?? MAX_SESSION_SECONDS
  const isRenewal = stored.status === 'active'
  const start = isRenewal ? Math.max(validAfter, nowSeconds) : validAfter
  if (
    validUntil - start > max ||
    validUntil - validAfter >= DURATION_LIMIT_SECONDS
  ) {
    return refusal('duration_too_long', { duration: validUntil - start, max })
  }
  if (nowSeconds < grantDeadline) return null
  return refusal('grant_expired', { grantDeadline, nowSeconds })
}

/**
 * Whether the chain would let the window of a grant begin, or last longer, by the same rules in the same order. A renewal has the id of the session and its start, and a later end, at most the policy's longest session from now on; what was used stays used.
 * Pure: terms, epoch and signature are checked elsewhere.
 */
export function evaluateGrant(window: Window, facts: GrantFacts): GrantVerdict {
  const { status } = facts.stored
  if (status === 'revoked') return refusal('session_revoked', {})
  const early = status === 'active' ? judgeRenewal(window, facts) : null
  return (
    early ??
    judgeWindow(window, facts) ?? {
      ok: true,
      effect: status === 'active' ? 'renewed' : 'granted',
    }
  )
}
