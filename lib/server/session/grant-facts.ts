import type { GrantFacts } from '@/lib/session/evaluate-grant'
import type { SessionStatus } from '@/lib/session/session'

type StoredSession = {
  status: SessionStatus
  validAfter: bigint
  validUntil: bigint
  revokeRequestedAt: Date | null
}

type StoredPolicy = { maxDurationSeconds: number; pausedUntil: bigint }

/** What `evaluateGrant` needs, from what the mirror knows. A session that is not on chain yet is none; one that is being revoked is revoked. */
export function toGrantFacts(
  session: StoredSession | null,
  policy: StoredPolicy | null,
  nowSeconds: number,
): GrantFacts {
  return {
    stored: {
      status: statusOf(session),
      validAfter: Number(session?.validAfter ?? 0n),
      validUntil: Number(session?.validUntil ?? 0n),
    },
    policy: policy && {
      maxDurationSeconds: policy.maxDurationSeconds,
      pausedUntil: Number(policy.pausedUntil),
    },
    nowSeconds,
  }
}

function statusOf(
  session: StoredSession | null,
): GrantFacts['stored']['status'] {
  if (session === null) return 'none'
  if (session.status === 'revoked' || session.revokeRequestedAt)
    return 'revoked'
  return session.status === 'active' ? 'active' : 'none'
}
