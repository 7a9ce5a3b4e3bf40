import type { Hex } from 'viem'
import type { Actor } from '@/lib/auth/roles'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { TermsJson } from '@/lib/permission/terms'
import type { RenewalParams, UnsignedGrant } from '@/lib/rpc/session-methods'
import { evaluateGrant } from '@/lib/session/evaluate-grant'
import type { SessionJson } from '@/lib/session/session'
import { readChainSeconds } from '../chain/clock'
import { readEpoch } from '../chain/read-accounts'
import { getDatabase } from '../db/database'
import { toGrantFacts } from './grant-facts'
import { GRANT_DEADLINE_SECONDS } from './prepare-grant'
import { identityOf } from './revoke-session'

/**
 * The later end of a session that the owner is asked to sign: `durationSeconds` from now, everything else as it is.
 * Stores nothing and grants nothing.
 * @param actor When given, the session must be one of theirs.
 * @throws PlaykeyError `session_unknown`, `session_not_active` before its first grant is on chain, `epoch_mismatch`, and as the chain would
 */
export async function prepareRenewal(
  { sessionId, durationSeconds }: RenewalParams,
  actor?: Actor,
): Promise<UnsignedGrant> {
  const database = getDatabase()
  const row = await database.prisma.session.findUnique({
    where: { id: sessionId },
    include: { account: true, policy: true },
  })
  if (!row || (actor && row.account.ownerAddress !== actor.address))
    throw new PlaykeyError('session_unknown')
  const terms = row.terms as TermsJson
  if (row.status === 'pending' || terms.permissions.length === 0)
    throw new PlaykeyError('session_not_active')
  const nowSeconds = await readChainSeconds(database)
  const { account, policyId, epoch, key } = identityOf(row)
  const session: SessionJson = {
    ...{ account, policyId, key, epoch, terms },
    validAfter: Number(row.validAfter),
    validUntil: nowSeconds + durationSeconds,
    grantDeadline: nowSeconds + GRANT_DEADLINE_SECONDS,
  }
  const verdict = evaluateGrant(
    session,
    toGrantFacts(row, row.policy, nowSeconds),
  )
  if (!verdict.ok) throw verdict.error
  if ((await readEpoch(account)) !== epoch)
    throw new PlaykeyError('epoch_mismatch')
  return { session, owner: ownerOf(row.account) }
}

/** Whose account it is, as far as we know; an account that we know from the chain alone answers for itself. */
function ownerOf({ owner, address }: { owner: string; address: string }): Hex {
  return (owner.length > 2 ? owner : address.toLowerCase()) as Hex
}
