import type { Hex } from 'viem'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import type { RevokeView } from '@/lib/session/admin-view'
import { channels } from '../../db/channels'
import type { Database, Prisma } from '../../db/database'
import { cancelQueued } from '../../mirror/cancel-queued'
import { describeRevoker } from '../../session/describe-revoker'
import { toPayloads } from '../notify-events'
import { enqueueTask } from './enqueue-task'
import type { TaskPayloads } from './task-payloads'

export type RevocationRequest = {
  sessionId: Hex
  by: 'owner' | 'key' | 'admin'
  /** Shown to the player. */
  reason?: string | undefined
  /** What the worker sends to the chain; null when nobody we hold a key or signature of may do so. */
  task: TaskPayloads['revoke'] | null
  /** Runs in the same transaction, with the task's id. */
  record?: (
    transaction: Prisma.TransactionClient,
    taskId: string | undefined,
  ) => Promise<void>
}

/**
 * Stops a session here at once (admission and bundling, queued intents included) and asks the worker to end it on chain.
 * Idempotent: a session that is ending already keeps its first reason.
 */
export async function requestRevocation(
  database: Database,
  request: RevocationRequest,
): Promise<RevokeView> {
  const { sessionId, by, reason } = request
  return database.prisma.$transaction(async (transaction) => {
    const [session] = await transaction.$queryRaw<
      { status: string; accountAddress: string }[]
    >`
      UPDATE "Session" SET
        "admitVersion" = "admitVersion" + 1,
        "revokeRequestedBy" = COALESCE("revokeRequestedBy", ${by}),
        "revokedReason" = CASE WHEN "revokeRequestedAt" IS NULL AND status <> 'revoked' THEN ${reason ?? null} ELSE "revokedReason" END,
        "revokeRequestedAt" = COALESCE("revokeRequestedAt", now())
      WHERE id = ${sessionId} RETURNING status::text, "accountAddress"`
    if (session?.status === 'revoked')
      return { sessionId, status: 'revoked', alreadyRevoked: true }
    const taskId = await enqueueOnce(transaction, request)
    await request.record?.(transaction, taskId)
    for (const event of await cancelQueued(asClient(transaction), [sessionId]))
      await announce(transaction, event)
    await announce(transaction, {
      type: 'session',
      sessionId,
      status: 'revoking',
      reason: reason ?? null,
      revokedBy: describeRevoker({
        accountAddress: session?.accountAddress ?? '',
        revokedBy: null,
        revokeRequestedBy: by,
        policy: null,
      }),
    })
    return { sessionId, status: 'revoking', alreadyRevoked: false }
  })
}

/** One open revocation of a session by the same right is enough. */
async function enqueueOnce(
  transaction: Prisma.TransactionClient,
  { sessionId, task }: RevocationRequest,
): Promise<string | undefined> {
  if (!task) return undefined
  const open = await transaction.relayTask.findFirst({
    where: {
      kind: 'revoke',
      subject: sessionId,
      status: { in: ['queued', 'submitted'] },
      payload: { path: ['by'], equals: task.by },
    },
    select: { id: true },
  })
  return open?.id ?? enqueueTask(transaction, 'revoke', sessionId, task)
}

function asClient(transaction: Prisma.TransactionClient) {
  return {
    query: async <Row>(text: string, values: unknown[]) => ({
      rows: await transaction.$queryRawUnsafe<Row[]>(text, ...values),
    }),
  }
}

async function announce(
  transaction: Prisma.TransactionClient,
  event: RelayEvent,
): Promise<void> {
  for (const payload of toPayloads([event]))
    await transaction.$queryRaw`SELECT pg_notify(${channels.event}, ${payload})::text`
}
