/** What is known about who ended a session. */
export type RevocationFacts = {
  accountAddress: string
  /** Address as the chain saw it; null while the revocation is only asked for. */
  revokedBy: string | null
  revokeRequestedBy: string | null
  policy: { ownerAddress: string; revokers: string[] } | null
}

/** Who ended the session, in words; null while nobody did. */
export function describeRevoker(facts: RevocationFacts): string | null {
  const { revokedBy, revokeRequestedBy, policy, accountAddress } = facts
  if (!revokedBy) {
    if (revokeRequestedBy === 'admin') return 'an admin'
    if (revokeRequestedBy === 'key') return 'the session key'
    return revokeRequestedBy === 'owner' ? 'you' : null
  }
  const by = revokedBy.toLowerCase()
  if (by === accountAddress.toLowerCase()) return 'you'
  if (by === policy?.ownerAddress.toLowerCase()) return 'the studio'
  const isRevoker = policy?.revokers.some((entry) => entry.toLowerCase() === by)
  return isRevoker ? 'an admin' : 'the session key'
}
