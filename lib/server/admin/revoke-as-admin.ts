import { getAddress, type Hex } from 'viem'
import type { Actor } from '@/lib/auth/roles'
import { getServerEnv } from '@/lib/config/env'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { RevokeView } from '@/lib/session/admin-view'
import { getDatabase } from '../db/database'
import { requestRevocation } from '../relay/task/request-revocation'
import { identityOf } from '../session/revoke-session'
import { recordAudit } from './record-audit'
import { requireAdminRole } from './require-admin-role'

/**
 * Ends a session for abuse. The relay stops it at once; the worker's revoker key ends it on chain, if the
 * session's policy names that key.
 * @param reason Shown to the player and kept in the audit log.
 * @throws PlaykeyError `not_found` unless the actor is an admin, `session_unknown`
 */
export async function revokeAsAdmin(
  actor: Actor,
  sessionId: Hex,
  reason: string,
): Promise<RevokeView> {
  requireAdminRole(actor)
  const database = getDatabase()
  const session = await database.prisma.session.findUnique({
    where: { id: sessionId },
    include: { policy: { select: { revokers: true } } },
  })
  if (!session) throw new PlaykeyError('session_unknown')
  const revoker = getAddress(getServerEnv().REVOKER_ADDRESS)
  const mayRevoke = session.policy?.revokers.includes(revoker) ?? false
  return requestRevocation(database, {
    sessionId,
    by: 'admin',
    reason,
    task: mayRevoke ? { by: 'revoker', session: identityOf(session) } : null,
    record: (transaction, taskId) =>
      recordAudit(transaction, actor, {
        action: 'session.revoke',
        subject: sessionId,
        reason,
        taskId,
      }),
  })
}
