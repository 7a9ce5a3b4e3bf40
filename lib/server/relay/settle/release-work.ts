import type { PoolClient } from 'pg'
import type { Hex } from 'viem'
import { channels } from '../../db/channels'
import type { Database } from '../../db/database'
import { logger } from '../../log/logger'
import { cancelFollowers, type Gap } from '../../mirror/cancel-followers'
import { countRefusal } from '../../observe/note-request'
import { releaseGas } from '../../sponsor/change-budgets'
import { type Fence, holdsLease } from '../lease/fence'
import { notifyEvents } from '../notify-events'

/** Whole transactions that an intent may fail with before it is given up. */
const SUSPICION_MAX = 4
/** How long the session of a suspect travels apart from the others. */
const SIDELINED = `interval '10 minutes'`

const isGone = `i.suspicion + w.more >= ${SUSPICION_MAX}`

/** A suspect is held back 1 s, then 2, then 4: too little gas may be why it failed, and each time it gets more. */
const statement = `
  WITH lease AS MATERIALIZED (${holdsLease('$3', '$4')}),
  work AS (
    SELECT i.id, i."sessionId", (CASE WHEN $2::text[] IS NULL OR i.id = ANY($2) THEN 1 ELSE 0 END) AS more
    FROM "Intent" i WHERE i."transactionId" = $1 AND i.status = 'submitted' AND EXISTS (SELECT FROM lease)),
  locked AS (
    SELECT id FROM "Session" WHERE id IN (SELECT "sessionId" FROM work WHERE more > 0)
    ORDER BY id FOR NO KEY UPDATE),
  sidelined AS (
    UPDATE "Session" SET "sidelinedUntil" = GREATEST("sidelinedUntil", now() + ${SIDELINED})
    WHERE id IN (SELECT id FROM locked)),
  released AS (
    UPDATE "Intent" i SET suspicion = i.suspicion + w.more,
      status = (CASE WHEN ${isGone} THEN 'rejected' ELSE 'queued' END)::"IntentStatus",
      reason = CASE WHEN ${isGone} THEN 'insufficient_gas' END,
      place = CASE WHEN ${isGone} THEN NULL ELSE i.place END,
      "settledAt" = CASE WHEN ${isGone} THEN now() END,
      "heldUntil" = CASE WHEN w.more > 0 AND i.expiry < 253402300800
        THEN LEAST(now() + LEAST(60, 2 ^ i.suspicion) * interval '1 second', to_timestamp(i.expiry)) END,
      "transactionId" = NULL
    FROM work w WHERE i.id = w.id AND (SELECT count(*) FROM locked) >= 0
    RETURNING i.id, i."sessionId", i.lane, i.sequence, i.status::text, i.gas),
  gone AS (SELECT * FROM released WHERE status = 'rejected'),
  ${releaseGas('gone', 'locked')},
  tasks AS (
    UPDATE "RelayTask" SET status = 'queued', "transactionId" = NULL
    WHERE "transactionId" = $1 AND status = 'submitted' AND EXISTS (SELECT FROM lease)),
  woken AS (SELECT pg_notify('${channels.work}', 'released')::text AS sent FROM lease)
  SELECT released.*, (SELECT count(sent) FROM woken) AS woken FROM released`

type Row = {
  id: Hex
  sessionId: Hex
  lane: string
  sequence: string
  status: 'queued' | 'rejected'
}

/** What came back to the queue or was given up. */
export type Released = { gaps: (Gap & { id: Hex })[] }

/**
 * Puts work that a transaction left undone back into the queue. Of the suspects, whose gas may have been too little for
 * all, each is held back for a while, travels apart from then on, and is given up when it has failed too often.
 * @param client Inside the transaction that records what became of the bundle.
 * @param suspects Null for all intents that come back.
 */
export async function releaseWork(
  client: PoolClient,
  fence: Fence,
  transactionId: string,
  suspects: readonly Hex[] | null,
): Promise<Released> {
  const { rows } = await client.query<Row>(statement, [
    ...[transactionId, suspects],
    ...[fence.name, fence.fence.toString()],
  ])
  if (rows.length > 0)
    logger.warn(
      { transactionId, intents: rows.length, suspects: suspects?.length },
      'work released',
    )
  const gaps = rows
    .filter(({ status }) => status === 'rejected')
    .map(({ id, sessionId, lane, sequence }) => ({
      ...{ id, sessionId, lane: Number(lane), sequence: Number(sequence) },
    }))
  return { gaps }
}

/** Tells of what was given up, and rejects what waits behind it. */
export async function announceReleased(
  database: Database,
  { gaps }: Released,
  reason = 'insufficient_gas',
): Promise<void> {
  if (gaps.length === 0) return
  countRefusal(reason, gaps.length)
  await notifyEvents(
    database.pool,
    gaps.map(({ id, sessionId, lane, sequence }) => ({
      type: 'intent',
      ...{ id, sessionId, lane, sequence, reason },
      status: 'rejected',
      settledAtMs: Date.now(),
    })),
  )
  await cancelFollowers(database, gaps)
}
