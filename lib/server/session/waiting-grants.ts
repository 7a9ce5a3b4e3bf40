import type { RenewalView } from '@/lib/session/session-view'
import type { Prisma } from '../db/database'

/** The grants of a session, by what they say about its end. */
export const waitingGrants = {
  grants: { orderBy: { validUntil: 'asc' } },
} satisfies Prisma.SessionInclude

type StoredSession = {
  status: 'pending' | 'active' | 'revoked'
  validUntil: bigint
  grants: { validUntil: bigint; deadline: bigint; error: string | null }[]
}

/** Why the chain refused to enable the session; null when it did not, or not yet. */
export function grantErrorOf({ status, grants }: StoredSession): string | null {
  return status === 'pending' ? (grants[0]?.error ?? null) : null
}

/** A later end that waits to be brought to the chain, or that it refused; null when there is none. */
export function renewalOf(
  { status, validUntil, grants }: StoredSession,
  nowSeconds: number,
): RenewalView | null {
  if (status !== 'active') return null
  const grant = grants.at(-1)
  if (!grant || grant.validUntil <= validUntil) return null
  const error =
    grant.error ?? (nowSeconds < grant.deadline ? null : 'grant_expired')
  return { validUntil: Number(grant.validUntil), error }
}
