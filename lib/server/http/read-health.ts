import { getChainClient } from '../chain/server-chain'
import { getDatabase } from '../db/database'
import { WORKER_LOCK } from '../relay/worker-lease'

export type Health = {
  status: 'ok' | 'degraded' | 'down'
  /** What is wrong, one sentence each. */
  reasons: string[]
}

const CHECK_TIMEOUT_MS = 2_000
/** Queued work older than this means that the worker does not keep up. */
const QUEUE_AGE_MAX_SECONDS = 30

let running: Promise<Health> | null = null

/**
 * State of database, chain, worker and queue. `down` only when requests cannot be served at all.
 * Everyone may ask, so those who ask while a check runs share its answer.
 */
export function readHealth(): Promise<Health> {
  running ??= check().finally(() => {
    running = null
  })
  return running
}

async function check(): Promise<Health> {
  const [database, chain] = await Promise.all([
    inTime(readDatabase()),
    inTime(getChainClient().getBlockNumber()),
  ])
  if (database === null)
    return { status: 'down', reasons: ['The database does not answer.'] }
  const reasons = [
    ...(chain === null ? ['The chain does not answer.'] : []),
    ...(database.hasWorker ? [] : ['No worker is at work.']),
    ...(database.queueAgeSeconds > QUEUE_AGE_MAX_SECONDS
      ? [`The oldest intent waits for ${database.queueAgeSeconds} s.`]
      : []),
  ]
  return { status: reasons.length > 0 ? 'degraded' : 'ok', reasons }
}

async function readDatabase(): Promise<{
  hasWorker: boolean
  queueAgeSeconds: number
}> {
  const { rows } = await getDatabase().pool.query<{
    hasWorker: boolean
    age: number | null
  }>(
    `SELECT
       EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = $1
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS "hasWorker",
       (SELECT extract(epoch FROM now() - min("queuedAt"))::int FROM "Intent" WHERE status = 'queued') AS age`,
    [WORKER_LOCK],
  )
  return {
    hasWorker: rows[0]?.hasWorker ?? false,
    queueAgeSeconds: rows[0]?.age ?? 0,
  }
}

/** The value, or null when it fails or takes too long. */
async function inTime<T>(work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), CHECK_TIMEOUT_MS)
  })
  const done = work.catch(() => null)
  return Promise.race([done, late]).finally(() => clearTimeout(timer))
}
