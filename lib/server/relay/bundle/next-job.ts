import { decodeContractError } from '@/lib/session/contract-error'
import { toChainSeconds } from '../../chain/clock'
import type { Database } from '../../db/database'
import { logger } from '../../log/logger'
import { isAway } from '../is-away'
import type { Share } from '../key/key-share'
import type { SignerRole } from '../key/signer'
import type { Job } from '../key/store-transaction'
import type { Fence } from '../lease/fence'
import type { RelayContext } from '../relay-context'
import { encodeTask, roleOf, type TaskRow } from '../task/encode-task'
import { encodeOrReject } from './encode-execute'
import { packBundle } from './pack-bundle'
import { type QueuedIntent, readQueue } from './read-queue'
import { rejectQueued } from './reject-queued'

/** A queued intent is not sent when it would expire sooner than this. */
const EXPIRY_SLACK_SECONDS = 1
/** Publishing the longest terms takes a few million. */
const TASK_GAS_MAX = 12_000_000n

const isRevokers = `(kind = 'pause' OR kind = 'revoke' AND payload->>'by' = 'revoker')`

/** Asked for apart, so that a flood of work for one key never hides what the other has to do. */
const tasksOf: Record<SignerRole, string> = {
  revoker: isRevokers,
  relayer: `NOT ${isRevokers}`,
}

/** What a search for work needs to know. */
export type Search = RelayContext & {
  /** Under which the worker may reject what can no longer run. */
  fence: Fence
  /** Seconds by which blocks run ahead of the wall clock. */
  aheadSeconds: number
  /** The key's last transaction while it is settled, if what it did is out of question; see `readQueue`. */
  minedId?: string | null | undefined
  /** Suspects wait, if there is anybody else: the last one to go was one. */
  healthyFirst?: boolean | undefined
}

/** Everything queued of a share that fits one transaction; null when nothing is. What can no longer run is rejected on the way. */
export async function nextBundle(
  search: Search,
  share: Share,
): Promise<Job | null> {
  const { database, fence } = search
  const nowSeconds = toChainSeconds(search.aheadSeconds)
  const queue = await readQueue(
    ...([database, share, nowSeconds, search.minedId ?? null] as const),
  )
  if (queue.length === 0) return null
  const dead = queue.flatMap((intent) => {
    const reason = obstacleOf(intent, nowSeconds)
    return reason ? [{ ...intent, reason }] : []
  })
  if (dead.length > 0) {
    await rejectQueued(database, fence, dead)
    return nextBundle(search, share)
  }
  const bundle = packBundle(search.healthyFirst ? healthyOf(queue) : queue)
  const data = await encodeOrReject(
    ...([database, fence, bundle.intents, nowSeconds] as const),
  )
  // What could not be written is rejected now; the rest is packed anew.
  if (!data) return nextBundle(search, share)
  return {
    purpose: 'bundle',
    data,
    gas: bundle.gas,
    intents: bundle.intents.map(({ id, sessionId, lane, sequence, gas }) => ({
      ...{ id, sessionId, lane, sequence, gas },
    })),
    hasGrants: bundle.intents.some(({ grant }) => grant !== null),
    isSuspect: bundle.intents.some(({ suspicion }) => suspicion > 0),
    taskId: null,
  }
}

/** Intents of sessions without a suspect; all when there are no others. */
function healthyOf(queue: QueuedIntent[]): QueuedIntent[] {
  const suspects = queue.filter(({ suspicion }) => suspicion > 0)
  const sessions = new Set(suspects.map(({ sessionId }) => sessionId))
  const healthy = queue.filter(({ sessionId }) => !sessions.has(sessionId))
  return healthy.length > 0 ? healthy : queue
}

/** The oldest task that the key of `role` has to send; null when there is none. One that the chain would refuse is failed on the way. */
export async function nextTask(
  context: RelayContext,
  role: SignerRole,
  from: `0x${string}`,
): Promise<Job | null> {
  const { rows } = await context.database.pool.query<TaskRow>({
    name: `next-task-${role}`,
    text: `SELECT id, kind, subject, payload FROM "RelayTask"
           WHERE status = 'queued' AND ${tasksOf[role]} ORDER BY "createdAt" LIMIT 50`,
  })
  for (const task of rows) {
    if (roleOf(task) !== role) continue
    const job = await toJob(context, task, from)
    if (job) return job
  }
  return null
}

/** The task as a transaction; null when it could only fail, which is then recorded. */
async function toJob(
  { client, database, sessionManager }: RelayContext,
  task: TaskRow,
  from: `0x${string}`,
): Promise<Job | null> {
  const encoded = tryEncode(task)
  if (!encoded) {
    await failTask(database, task, 'internal')
    return null
  }
  try {
    const gas = await client.estimateGas({
      ...{ account: from, to: sessionManager, data: encoded.data },
    })
    const roomy = (gas * 13n) / 10n + 50_000n
    return {
      ...encoded,
      gas: roomy > TASK_GAS_MAX ? TASK_GAS_MAX : roomy,
      intents: [],
      ...{ hasGrants: false, isSuspect: false },
      taskId: task.id,
    }
  } catch (error) {
    const code = revertCodeOf(error)
    if (!code && isAway(error)) throw error
    if (!code) {
      logger.warn({ err: error, taskId: task.id }, 'task cannot be sent now')
      return null
    }
    await failTask(database, task, code)
    return null
  }
}

/** Null for a payload that cannot be written as call data: one bad row must not stop the others. */
function tryEncode(task: TaskRow): ReturnType<typeof encodeTask> | null {
  try {
    return encodeTask(task)
  } catch (error) {
    logger.error({ err: error, taskId: task.id }, 'task cannot be encoded')
    return null
  }
}

async function failTask(
  { prisma }: Database,
  task: TaskRow,
  code: string,
): Promise<void> {
  logger.warn({ taskId: task.id, kind: task.kind, code }, 'task refused')
  await prisma.$transaction([
    prisma.relayTask.update({
      where: { id: task.id },
      data: { status: 'failed', error: code, settledAt: new Date() },
    }),
    prisma.policy.updateMany({
      where: {
        id: task.kind === 'publish' ? task.subject : '',
        status: 'publishing',
      },
      data: {
        status: code === 'policy_already_published' ? 'published' : 'failed',
      },
    }),
  ])
}

/** Error code of a revert; null when the node did not say that the call reverts. */
function revertCodeOf(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    const data = (at as { data?: unknown }).data
    if (typeof data === 'string' && data.startsWith('0x'))
      return decodeContractError(data as `0x${string}`)?.code ?? 'call_reverted'
    if (/revert/i.test(at.message) && at.cause === undefined)
      return 'call_reverted'
  }
  return null
}

function obstacleOf(intent: QueuedIntent, nowSeconds: number): string | null {
  if (intent.obstacle) return intent.obstacle
  return intent.expiry <= nowSeconds + EXPIRY_SLACK_SECONDS
    ? 'intent_expired'
    : null
}
