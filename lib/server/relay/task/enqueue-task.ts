import { channels } from '../../db/channels'
import type { Prisma } from '../../db/database'
import type { TaskPayloads } from './task-payloads'

/** Stores work for the worker and wakes it, both when the caller's transaction commits. Returns the task's id. */
export async function enqueueTask<Kind extends keyof TaskPayloads>(
  transaction: Prisma.TransactionClient,
  kind: Kind,
  subject: string,
  payload: TaskPayloads[Kind],
): Promise<string> {
  const task = await transaction.relayTask.create({
    data: { kind, subject, payload },
    select: { id: true },
  })
  await transaction.$queryRaw`SELECT pg_notify(${channels.work}, 'task')::text`
  return task.id
}
