import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Hex } from 'viem'
import type { RelayContext } from '../relay/relay-context'
import { findDeploymentBlock } from './find-deployment-block'
import { type Corrections, mergeShadow } from './merge-shadow'
import { readLast } from './mirror-blocks'
import { type BlockHeader, readHeaders } from './read-blocks'
import { readSessions } from './read-sessions'
import { writeCounters } from './refresh-sessions'
import { retryConflicts } from './retry-conflicts'
import { createShadow, dropShadow, openShadow } from './shadow-schema'
import { loadStored } from './stored-session'
import { follow, undoLostBlocks } from './sync-blocks'
import { type HeldLease, takeMirrorLease } from './take-mirror-lease'

/** What a rebuild found. */
export type Rebuilt = {
  /** Newest block that was read. */
  block: bigint
  corrections: Corrections
}

const PAUSE_MS = 100
/** Looks without progress after which it gives up. */
const STALLS_MAX = 50
/** Sessions read at once. */
const PART = 25

/**
 * Plays the chain's history again from the first block, with the mirror's own code, on tables beside those in use, and
 * brings these to the result in one transaction. The mirror's lease is held meanwhile; play goes on, and stands still
 * only for the last step. Ended in the middle, it has changed nothing and may be run again.
 */
export async function rebuild(context: RelayContext): Promise<Rebuilt> {
  const { url } = context.database
  const lease = await takeMirrorLease(url)
  const client = new pg.Client({ connectionString: url, keepAlive: true })
  const shadow = openShadow(url)
  client.on('error', () => undefined)
  try {
    await client.connect()
    await undoLost(context)
    await createShadow(client)
    const beside = { ...context, database: shadow }
    await replay(beside)
    await readMeters(beside, null)
    const rebuilt = await retryConflicts(() => finish(beside, client, lease))
    await dropShadow(client)
    return rebuilt
  } finally {
    await shadow.close()
    await client.end()
    await lease.release()
  }
}

/** Blocks that the chain has lost are undone in the tables in use: so their transactions are sent again. */
async function undoLost(context: RelayContext): Promise<void> {
  for (let looks = 0; looks < STALLS_MAX; looks += 1) {
    if (await undoLostBlocks(context)) return
    await sleep(PAUSE_MS)
  }
  throw new Error('the node does not tell whether it has the newest block')
}

/** Reads what came in between, while nobody applies events or takes intents in, and merges. */
async function finish(
  beside: RelayContext,
  client: pg.Client,
  lease: HeldLease,
): Promise<Rebuilt> {
  await client.query('BEGIN')
  try {
    const { rows } = await client.query<{ now: Date }>('SELECT now() AS now')
    for (const table of ['Intent', 'ChainEvent'])
      await client.query(
        `LOCK TABLE public."${table}" IN SHARE ROW EXCLUSIVE MODE`,
      )
    const block = await replay(beside)
    await readMeters(beside, rows[0]?.now ?? null)
    lease.assertHeld()
    const corrections = await mergeShadow(client)
    await client.query('COMMIT')
    return { block, corrections }
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** Reads on until what is the newest block now, there and here. @returns number of the last block that was read */
async function replay(context: RelayContext): Promise<bigint> {
  const goal = [await readHead(context), await findNewest(context)]
  for (let stalls = 0; stalls < STALLS_MAX; ) {
    const last = await readLast(context.database)
    const number = last?.number ?? -1n
    if (last && goal.every((block) => block.number <= number)) return number
    const head = await readHead(context)
    const start = last?.number ?? (await findFirst(context, head.number))
    const lost = await follow(context, start, head, 'history')
    if (lost !== null) break
    const now = await readLast(context.database)
    if (now?.number !== last?.number) stalls = 0
    else {
      stalls += 1
      await sleep(PAUSE_MS)
    }
  }
  throw new Error('the chain changed meanwhile; run the rebuild again')
}

async function readHead(context: RelayContext): Promise<BlockHeader> {
  const [head] = await readHeaders(context, ['latest'])
  if (!head) throw new Error('the node does not tell its newest block')
  return head
}

/** The block before the first that may have events. */
async function findFirst(context: RelayContext, head: bigint): Promise<bigint> {
  return (await findDeploymentBlock(context, head)) - 1n
}

/** The newest block of which events are applied in the tables in use. */
async function findNewest({
  database,
}: RelayContext): Promise<{ number: bigint }> {
  const { rows } = await database.pool.query<{ number: string | null }>(
    'SELECT max("blockNumber") AS number FROM public."ChainEvent"',
  )
  return { number: BigInt(rows[0]?.number ?? -1) }
}

/** Events do not tell meters: those of the sessions that did something since then are read as they are now. */
async function readMeters(
  context: RelayContext,
  since: Date | null,
): Promise<void> {
  const { pool } = context.database
  const { rows } = await pool.query<{ id: Hex }>(
    `SELECT id FROM "Session" WHERE "lastActivityAt" >= COALESCE($1::timestamptz, '-infinity') AND cardinality("meterIndexes") > 0
       AND terms->'permissions' <> '[]' ORDER BY id`,
    [since],
  )
  for (let from = 0; from < rows.length; from += PART) {
    const ids = rows.slice(from, from + PART).map(({ id }) => id)
    const sessions = await loadStored(pool, ids)
    const states = await readSessions(context, sessions, 'latest')
    for (const [index, { id }] of sessions.entries()) {
      const state = states[index]
      if (!state) throw new Error(`session ${id} cannot be read`)
      await writeCounters(pool, id, state)
    }
  }
}
