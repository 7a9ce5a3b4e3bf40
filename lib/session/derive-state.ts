import { EXPIRING_SECONDS } from './limits'
import type { SessionState, SessionStatus } from './session'

/** What the state of a session depends on. */
export type StateFacts = {
  status: SessionStatus
  /** Unix seconds, inclusive. */
  validAfter: number
  /** Unix seconds, exclusive. */
  validUntil: number
  /** Unix seconds; the policy is paused before it. 0 = not paused. */
  pausedUntil: number
  /** A revocation was asked for but is not on chain yet. */
  revokeRequested: boolean
}

/** State of a session at `nowSeconds`, as people see it. A requested revocation counts as done, because the relay stops at once. */
export function deriveState(
  facts: StateFacts,
  nowSeconds: number,
): SessionState {
  if (facts.status === 'revoked' || facts.revokeRequested) return 'revoked'
  if (nowSeconds >= facts.validUntil) return 'expired'
  if (nowSeconds < facts.pausedUntil) return 'paused'
  if (facts.status === 'pending' || nowSeconds < facts.validAfter) {
    return 'pending'
  }
  const isExpiring = facts.validUntil - nowSeconds < EXPIRING_SECONDS
  return isExpiring ? 'expiring' : 'active'
}
