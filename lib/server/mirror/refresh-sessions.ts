import type { Hex } from 'viem'
import type { Queryable } from '../relay/notify-events'
import type { RelayContext } from '../relay/relay-context'
import { readSessions } from './read-sessions'
import { runTransaction } from './run-transaction'
import {
  loadStored,
  lockStored,
  type SessionState,
  type StoredSession,
} from './stored-session'

/** Sessions read at once. */
const PART = 25

/**
 * Replaces the stored counters of sessions by what the chain says now, and takes their marks away. One that moves
 * meanwhile keeps what it has, and its mark.
 * @throws when the node cannot be reached
 */
export async function refreshSessions(
  context: RelayContext,
  ids: readonly Hex[],
): Promise<void> {
  for (let from = 0; from < ids.length; from += PART) {
    const part = ids.slice(from, from + PART)
    const before = await loadStored(context.database.pool, part)
    const states = await readSessions(context, before, 'latest')
    for (const [index, session] of before.entries()) {
      const state = states[index]
      if (state) await replaceCounters(context, session, state)
    }
  }
}

async function replaceCounters(
  { database }: RelayContext,
  before: StoredSession,
  state: SessionState,
): Promise<void> {
  await runTransaction(database, async (client) => {
    const [now] = await lockStored(client, [before.id])
    if (!now || !isSame(now, before)) return
    await writeCounters(client, before.id, state)
    await client.query(
      'UPDATE "Session" SET "disagreesSince" = NULL, disagreement = NULL WHERE id = $1',
      [before.id],
    )
  })
}

/** Whether nothing has moved in between. */
export function isSame(one: StoredSession, other: StoredSession): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** Stores sequences, cells and meters of a session as the chain has them. */
export async function writeCounters(
  client: Queryable,
  id: Hex,
  { nextSequence, cells, lanes, meters }: SessionState,
): Promise<void> {
  await client.query(
    'UPDATE "Session" SET "nextSequence" = $2, cells = $3 WHERE id = $1',
    [id, nextSequence, cells],
  )
  await client.query(
    `INSERT INTO "SessionLane" ("sessionId", lane, "nextSequence")
     SELECT $1, n.* FROM unnest($2::bigint[], $3::bigint[]) AS n
     ON CONFLICT ("sessionId", lane) DO UPDATE SET "nextSequence" = EXCLUDED."nextSequence"`,
    [id, Object.keys(lanes), Object.values(lanes)],
  )
  const amounts = Object.values(meters)
  await client.query(
    `INSERT INTO "SessionMeter" ("sessionId", index, total, "window", "inWindow")
     SELECT $1, n.* FROM unnest($2::int[], $3::numeric[], $4::bigint[], $5::numeric[]) AS n
     ON CONFLICT ("sessionId", index) DO UPDATE SET
       total = EXCLUDED.total, "window" = EXCLUDED."window", "inWindow" = EXCLUDED."inWindow"`,
    [
      ...[id, Object.keys(meters)],
      ...[0, 1, 2].map((column) => amounts.map((amount) => amount[column])),
    ],
  )
}
