import type { Actor } from '@/lib/auth/roles'
import type { Prisma } from '../db/database'

/** Appends a line to the audit log, in the transaction of what it records. */
export async function recordAudit(
  transaction: Prisma.TransactionClient,
  actor: Actor,
  entry: {
    /** `session.revoke`, `policy.publish` … */
    action: string
    subject: string
    reason?: string | undefined
    taskId?: string | undefined
  },
): Promise<void> {
  await transaction.auditEntry.create({
    data: {
      actorId: actor.userId,
      action: entry.action,
      subject: entry.subject,
      reason: entry.reason ?? null,
      taskId: entry.taskId ?? null,
    },
  })
}
