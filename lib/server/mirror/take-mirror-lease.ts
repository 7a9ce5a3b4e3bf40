import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { raiseFence } from '../relay/lease/fence'
import { lockOf } from '../relay/lease/worker-lease'

const MIRROR = 'mirror'
const RETRY_MS = 10

export type HeldLease = {
  /** @throws when the connection that holds the lease broke: a worker may be the mirror again. */
  assertHeld(): void
  release(): Promise<void>
}

/**
 * Takes the mirror's lease from the worker that holds it: PostgreSQL drops the connection that the worker holds its
 * leases on, which takes those of its keys back a moment later.
 */
export async function takeMirrorLease(databaseUrl: string): Promise<HeldLease> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    keepAlive: true,
    application_name: 'playkey-rebuild-lease',
  })
  let isBroken = false
  client.on('error', () => undefined)
  client.once('end', () => {
    isBroken = true
  })
  await client.connect()
  while (!(await tryTake(client))) {
    await dropHolder(client)
    await sleep(RETRY_MS)
  }
  await raiseFence(client, MIRROR, `${hostname()}:${process.pid}:rebuild`)
  return {
    assertHeld() {
      if (isBroken) throw new Error('the lease was lost; run the rebuild again')
    },
    release: () => client.end(),
  }
}

async function tryTake(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>(
    'SELECT pg_try_advisory_lock($1, $2) AS held',
    lockOf(MIRROR),
  )
  return rows[0]?.held === true
}

async function dropHolder(client: pg.Client): Promise<void> {
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks
     WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid::bigint = ($1::bigint & 4294967295)
       AND objid::bigint = ($2::bigint & 4294967295) AND pid <> pg_backend_pid()
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    lockOf(MIRROR),
  )
}
