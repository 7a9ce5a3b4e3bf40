import type { Hex } from 'viem'
import type { Database } from '../db/database'
import { notifyEvents } from '../relay/notify-events'
import { releaseGas } from '../sponsor/change-budgets'

/** A rejected intent whose place stays empty. */
export type Gap = { sessionId: Hex; lane: number; sequence: number }

type Row = { id: Hex; sessionId: Hex; lane: string; sequence: string }

/** Rejects what is queued behind rejected intents: with a gap before them, the chain could only refuse them. Where another intent has the place, there is none. */
export async function cancelFollowers(
  { pool }: Database,
  gaps: readonly Gap[],
): Promise<void> {
  const { rows } = await pool.query<Row>(
    `WITH gaps AS (
       SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS g("sessionId", lane, sequence)
       WHERE NOT EXISTS (SELECT FROM "Intent" o WHERE o.place = g."sessionId" || ':' || g.lane || ':' || g.sequence)),
     locked AS (
       SELECT id FROM "Session" WHERE id IN (SELECT "sessionId" FROM gaps) ORDER BY id FOR NO KEY UPDATE),
     turn AS (
       UPDATE "Session" SET "admitVersion" = "admitVersion" + 1 WHERE id IN (SELECT id FROM locked)),
     gone AS (
       UPDATE "Intent" i SET status = 'rejected', reason = 'rolled_back', place = NULL, "settledAt" = now()
       FROM gaps g
       WHERE (SELECT count(*) FROM locked) >= 0
         AND i."sessionId" = g."sessionId" AND i.lane = g.lane AND i.sequence > g.sequence AND i.status = 'queued'
       RETURNING i.id, i."sessionId", i.lane, i.sequence, i.gas),
     ${releaseGas('gone', 'locked')}
     SELECT id, "sessionId", lane, sequence FROM gone`,
    [
      gaps.map(({ sessionId }) => sessionId),
      gaps.map(({ lane }) => lane),
      gaps.map(({ sequence }) => sequence),
    ],
  )
  await notifyEvents(
    pool,
    rows.map(({ id, sessionId, lane, sequence }) => ({
      type: 'intent',
      ...{ id, sessionId },
      lane: Number(lane),
      sequence: Number(sequence),
      status: 'rejected',
      reason: 'rolled_back',
      settledAtMs: Date.now(),
    })),
  )
}
