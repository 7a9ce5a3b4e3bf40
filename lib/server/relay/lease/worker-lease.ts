import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { logger } from '../../log/logger'
import { type Fence, raiseFence } from './fence'
import { createHolding, type Holding, type Lease } from './lease-holding'

/** `play` in ASCII: the advisory lock that every working worker of a database shares. */
export const WORKER_LOCK = 0x706c6179
/** First half of the advisory locks of single leases. */
const LEASE_LOCK = 0x706c6c73
/** How often a worker looks for leases that are free, or that others should have. */
const LOOK_MS = 500
/** A worker that has not looked for so long hangs: its locks are taken from it. */
const SILENT_SECONDS = 8
const RECONNECT_MS = 250

export type LeaseOptions = {
  databaseUrl: string
  /** All leases there are; workers share them evenly. */
  names: readonly string[]
  /** Names this worker in logs. */
  holder: string
  /** What a lease is held for; called again when it ends by itself or fails. */
  work(lease: Lease): Promise<void>
  /** Ends everything: what is under way gets a moment to finish. */
  stop: AbortSignal
}

/**
 * Holds this worker's part of the leases, on one connection of its own, until `stop` aborts. PostgreSQL frees the locks
 * with the connection, so others take over at once when this process dies; the fences keep it from writing when it only
 * seemed to.
 */
export async function keepLeases(options: LeaseOptions): Promise<void> {
  while (!options.stop.aborted) {
    try {
      await holdWhileConnected(options)
    } catch (error) {
      if (options.stop.aborted) return
      logger.warn({ err: error }, 'leases cannot be held')
    }
    await sleep(RECONNECT_MS, undefined, { signal: options.stop }).catch(
      () => undefined,
    )
  }
}

async function holdWhileConnected(options: LeaseOptions): Promise<void> {
  const { names, stop, work } = options
  const holdings = new Map<string, Holding>()
  const client = await connect(options.databaseUrl)
  const broken = new AbortController()
  client.once('end', () => broken.abort())
  try {
    while (!stop.aborted && !broken.signal.aborted) {
      const workers = await countWorkers(client)
      const share = Math.ceil(names.length / workers)
      await giveBack(client, holdings, share)
      for (const name of names) {
        if (holdings.size >= share) break
        if (holdings.has(name)) continue
        const fence = await tryTake(client, name, options.holder)
        if (fence) holdings.set(name, createHolding(fence, work))
      }
      await sleep(LOOK_MS, undefined, {
        signal: AbortSignal.any([stop, broken.signal]),
      }).catch(() => undefined)
    }
  } finally {
    const isLost = broken.signal.aborted || !stop.aborted
    await Promise.all([...holdings.values()].map((held) => held.end(isLost)))
    await client.end().catch(() => undefined)
  }
}

/** Ends what is beyond this worker's part, newest first, and frees what has ended. */
async function giveBack(
  client: pg.Client,
  holdings: Map<string, Holding>,
  share: number,
): Promise<void> {
  const held = [...holdings.values()]
  for (const surplus of held.slice(share)) void surplus.end(false)
  for (const { fence } of held.filter(({ hasEnded }) => hasEnded())) {
    holdings.delete(fence.name)
    await client.query('SELECT pg_advisory_unlock($1, $2)', lockOf(fence.name))
  }
}

async function tryTake(
  client: pg.Client,
  name: string,
  holder: string,
): Promise<Fence | null> {
  const { rows } = await client.query<{ held: boolean }>(
    'SELECT pg_try_advisory_lock($1, $2) AS held',
    lockOf(name),
  )
  return rows[0]?.held ? raiseFence(client, name, holder) : null
}

/** The advisory lock of a lease. */
export function lockOf(name: string): [number, number] {
  return [LEASE_LOCK, createHash('sha256').update(name).digest().readInt32BE()]
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    keepAlive: true,
    keepAliveInitialDelayMillis: 2_000,
    query_timeout: 5_000,
    application_name: 'playkey-worker-lease',
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    // A machine that is gone says nothing: after some 10 s PostgreSQL gives it up.
    await client.query(
      'SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3',
    )
    await client.query('SELECT pg_advisory_lock_shared($1)', [WORKER_LOCK])
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
}

/** Workers at work, this one included, without those that hang: PostgreSQL is told to drop them. */
async function countWorkers(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number; isSilent: boolean }>(
    `SELECT l.pid, a.query_start < clock_timestamp() - interval '${SILENT_SECONDS} s' AS "isSilent"
     FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = $1
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [WORKER_LOCK],
  )
  const silent = rows.filter(({ isSilent }) => isSilent)
  for (const { pid } of silent) {
    logger.warn({ pid }, 'a worker hangs; its leases are taken from it')
    await client.query('SELECT pg_terminate_backend($1)', [pid])
  }
  return Math.max(1, rows.length - silent.length)
}
