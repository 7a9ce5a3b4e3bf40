import type { Address, Hex } from 'viem'
import type { Actor } from '@/lib/auth/roles'
import { PlaykeyError } from '@/lib/errors/base-error'
import { recordAudit } from '../admin/record-audit'
import { getDatabase } from '../db/database'
import { enqueueTask } from '../relay/task/enqueue-task'

/**
 * Stops every session of a policy version, through the platform's revoker key. Members of its studio and admins.
 * @throws PlaykeyError `not_found`, `conflict` while an earlier pause or unpause is on its way
 */
export async function pausePolicy(
  actor: Actor,
  policyId: Hex,
  reason?: string,
): Promise<{ policyId: Hex }> {
  await requirePolicy(actor, policyId)
  await enqueuePause(actor, policyId, 'pause', reason, (transaction) =>
    enqueueTask(transaction, 'pause', policyId, { policyId }),
  )
  return { policyId }
}

/** Records a change of a policy's pause and the task that makes it. @throws PlaykeyError `conflict` */
export async function enqueuePause(
  actor: Actor,
  policyId: Hex,
  kind: 'pause' | 'unpause',
  reason: string | undefined,
  enqueue: (transaction: Parameters<typeof enqueueTask>[0]) => Promise<string>,
): Promise<void> {
  await getDatabase().prisma.$transaction(async (transaction) => {
    // Locked, so that of two clicks one waits and then sees the other's task.
    await transaction.$queryRaw`SELECT id FROM "Policy" WHERE id = ${policyId} FOR UPDATE`
    const open = await transaction.relayTask.count({
      where: {
        subject: policyId,
        kind: { in: ['pause', 'unpause'] },
        status: { in: ['queued', 'submitted'] },
      },
    })
    if (open > 0) throw new PlaykeyError('conflict')
    const taskId = await enqueue(transaction)
    await recordAudit(transaction, actor, {
      ...{ action: `policy.${kind}`, subject: policyId, reason, taskId },
    })
  })
}

/** A published policy of a studio the actor belongs to; any, for admins. @throws PlaykeyError `not_found` */
export async function requirePolicy(
  actor: Actor,
  policyId: Hex,
): Promise<{ id: Hex; owner: Address; pausedUntil: bigint }> {
  const policy = await getDatabase().prisma.policy.findFirst({
    where: {
      id: policyId,
      status: 'published',
      ...(actor.isAdmin
        ? {}
        : { game: { studioId: { in: actor.studios.map(({ id }) => id) } } }),
    },
    select: { id: true, ownerAddress: true, pausedUntil: true },
  })
  if (!policy) throw new PlaykeyError('not_found')
  return {
    id: policy.id as Hex,
    owner: policy.ownerAddress as Address,
    pausedUntil: policy.pausedUntil,
  }
}
