import type { SessionView } from '@/lib/session/session-view'

/** Unix seconds, exclusive, until which a session can be played: a later end that the owner has signed counts, because the next intent carries it to the chain. */
export function endOf({
  validUntil,
  renewal,
}: Pick<SessionView, 'validUntil' | 'renewal'>): number {
  if (!renewal || renewal.error !== null) return validUntil
  return Math.max(validUntil, renewal.validUntil)
}
