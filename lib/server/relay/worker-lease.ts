import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { logger } from '../log/logger'

/** `play` in ASCII: the advisory lock that the one working worker of a database holds. */
export const WORKER_LOCK = 0x706c6179
const RETRY_MS = 500

export type Lease = {
  /** Aborts when the lease is lost: stop at once, another worker may be at work. */
  signal: AbortSignal
  release(): Promise<void>
}

/** Waits until this process is the only worker of the database. PostgreSQL ends the lease with the connection. */
export async function acquireLease(
  databaseUrl: string,
  stop: AbortSignal,
): Promise<Lease> {
  for (let isFirst = true; ; isFirst = false) {
    stop.throwIfAborted()
    const lease = await tryAcquire(databaseUrl).catch(() => null)
    if (lease) return lease
    if (isFirst) logger.info('another worker is at work; waiting')
    await sleep(RETRY_MS, undefined, { signal: stop })
  }
}

async function tryAcquire(databaseUrl: string): Promise<Lease | null> {
  const lost = new AbortController()
  const client = new pg.Client({
    connectionString: databaseUrl,
    keepAlive: true,
    application_name: 'playkey-worker-lease',
  })
  client.on('error', () => undefined)
  client.once('end', () => lost.abort())
  await client.connect()
  const { rows } = await client.query<{ held: boolean }>(
    'SELECT pg_try_advisory_lock($1) AS held',
    [WORKER_LOCK],
  )
  if (rows[0]?.held) return { signal: lost.signal, release: () => client.end() }
  await client.end()
  return null
}
