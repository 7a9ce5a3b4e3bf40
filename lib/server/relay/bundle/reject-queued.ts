import type { Hex } from 'viem'
import type { Database } from '../../db/database'
import { cancelFollowers } from '../../mirror/cancel-followers'
import { countRefusal } from '../../observe/note-request'
import { releaseGas } from '../../sponsor/change-budgets'
import { type Fence, holdsLease, LeaseLost } from '../lease/fence'
import { notifyEvents } from '../notify-events'

/** A queued intent that can no longer run, and why. */
export type DeadIntent = {
  id: Hex
  sessionId: Hex
  lane: number
  sequence: number
  reason: string
}

/** Rejects queued intents, and what is queued behind them in their lanes. @throws LeaseLost */
export async function rejectQueued(
  database: Database,
  fence: Fence,
  dead: readonly DeadIntent[],
): Promise<void> {
  const { rows } = await database.pool.query<{ id: Hex | null }>(
    `WITH lease AS MATERIALIZED (${holdsLease('$3', '$4')}),
     gone AS (
       UPDATE "Intent" i SET status = 'rejected', reason = d.reason, place = NULL, "settledAt" = now()
       FROM unnest($1::text[], $2::text[]) AS d(id, reason)
       WHERE i.id = d.id AND i.status = 'queued' AND EXISTS (SELECT FROM lease)
       RETURNING i.id, i."sessionId", i.gas),
     ${releaseGas('gone')}
     SELECT gone.id FROM lease LEFT JOIN gone ON true`,
    [
      dead.map(({ id }) => id),
      dead.map(({ reason }) => reason),
      ...[fence.name, fence.fence.toString()],
    ],
  )
  if (rows.length === 0) throw new LeaseLost(fence.name)
  const ids = new Set(rows.map(({ id }) => id))
  const rejected = dead.filter(({ id }) => ids.has(id))
  for (const { reason } of rejected) countRefusal(reason)
  await notifyEvents(
    database.pool,
    // Named one by one: callers hold more of an intent than a notification can carry.
    rejected.map(({ id, sessionId, lane, sequence, reason }) => ({
      type: 'intent',
      ...{ id, sessionId, lane, sequence, reason },
      status: 'rejected',
      settledAtMs: Date.now(),
    })),
  )
  await cancelFollowers(database, rejected)
}
