import type { Hex } from 'viem'
import { reasonOfSelector } from '../chain/reason-of-selector'
import { channels } from '../db/channels'
import type { Database } from '../db/database'
import { placeOf } from '../relay/store-intent'
import { releaseGas } from '../sponsor/change-budgets'
import type { MirrorEvent } from './parse-logs'
import type { MeterReading } from './read-meters'

/** An event about an intent. */
export type IntentEvent = Extract<
  MirrorEvent,
  { name: 'IntentExecuted' | 'IntentRejected' }
>

/** What an event meant that had not been applied before. */
export type AppliedIntent = {
  txHash: Hex
  logIndex: number
  sessionId: Hex
  /** Our intent that it settled; null when it is about none of ours. */
  id: Hex | null
  lane: number
  sequence: number
  outcome: 'confirmed' | 'reverted' | 'rejected'
  /** Not sent by our relay. */
  isForeign: boolean
  /** Another intent than the one we hold for the place. */
  isOther: boolean
}

const statement = `
  WITH events AS (
    SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
      $8::text[], $9::text[], $10::text[], $11::boolean[])
      AS t(tx, log, block, "blockHash", name, subject, args, place, outcome, reason, "isOther")),
  fresh AS (
    INSERT INTO "ChainEvent" ("txHash", "logIndex", "blockNumber", "blockHash", name, subject, args)
    SELECT tx, log, block, "blockHash", name, subject, args::jsonb FROM events
    ON CONFLICT DO NOTHING RETURNING "txHash" AS tx, "logIndex" AS log),
  todo AS (
    SELECT e.*, a."transactionId", (
      SELECT g.error FROM "SessionGrant" g JOIN "Session" s ON s.id = g."sessionId" AND s.status = 'pending'
      WHERE g."sessionId" = e.subject ORDER BY g."validUntil" LIMIT 1) AS "grantError"
    FROM events e JOIN fresh USING (tx, log)
    LEFT JOIN "RelayAttempt" a ON a.hash = e.tx),
  settled AS (
    UPDATE "Intent" i SET
      status = CASE WHEN t."isOther" THEN 'rejected' ELSE t.outcome END::"IntentStatus",
      reason = CASE WHEN t."isOther" THEN 'sequence_used'
        WHEN t.outcome = 'confirmed' AND t."transactionId" IS NULL THEN 'executed_elsewhere'
        WHEN t.outcome = 'rejected' THEN COALESCE(t."grantError", t.reason) ELSE t.reason END,
      place = CASE WHEN t."isOther" OR t.outcome = 'rejected' THEN NULL ELSE i.place END,
      "txHash" = t.tx, "blockNumber" = t.block, "settledAt" = now()
    FROM todo t
    WHERE i.place = t.place AND i.status IN ('queued', 'submitted')
      AND (t.outcome <> 'rejected' OR i."transactionId" = t."transactionId")
    RETURNING i.id, i."sessionId", i.lane, i.sequence, i.status, i.reason, i.gas, t.tx, t.log, t.block),
  locked AS (
    SELECT id FROM "Session" WHERE id = ANY($12) ORDER BY id FOR NO KEY UPDATE),
  ${releaseGas('settled', 'locked')},
  sessions AS (
    UPDATE "Session" s SET "nextSequence" = GREATEST(s."nextSequence", n.next), "lastActivityAt" = now(),
      cells = CASE WHEN (SELECT COALESCE(sum(n.cells[at] - s.cells[at]), 0) >= 0 FROM unnest(s."callCells") AS at)
        THEN n.cells ELSE s.cells END
    FROM (SELECT id, next, cells::int[] AS cells FROM unnest($12::text[], $13::bigint[], $14::text[])
      AS t(id, next, cells)) AS n
    WHERE s.id = n.id AND s.id IN (SELECT id FROM locked)
    RETURNING s.id, s."accountAddress"),
  accounts AS (
    UPDATE "Account" a SET "lastActivityAt" = now() FROM sessions s
    WHERE a.address = s."accountAddress" AND a."lastActivityAt" < now() - interval '10 seconds'),
  lanes AS (
    INSERT INTO "SessionLane" AS l ("sessionId", lane, "nextSequence")
    SELECT n.id, n.lane, n.next FROM unnest($15::text[], $16::bigint[], $17::bigint[]) AS n(id, lane, next)
    JOIN "Session" s ON s.id = n.id
    ON CONFLICT ("sessionId", lane) DO UPDATE SET "nextSequence" = GREATEST(l."nextSequence", EXCLUDED."nextSequence")),
  meters AS (
    INSERT INTO "SessionMeter" AS m ("sessionId", index, total, "window", "inWindow")
    SELECT n.* FROM unnest($18::text[], $19::int[], $20::numeric[], $21::bigint[], $22::numeric[])
      AS n(id, index, total, "window", "inWindow")
    ON CONFLICT ("sessionId", index) DO UPDATE SET
      total = EXCLUDED.total, "window" = EXCLUDED."window", "inWindow" = EXCLUDED."inWindow"
    WHERE EXCLUDED.total >= m.total),
  pushed AS (
    SELECT count(sent) AS times FROM (
      SELECT pg_notify('${channels.event}', json_build_array(json_build_object(
        'type', 'intent', 'id', id, 'sessionId', "sessionId", 'lane', lane, 'sequence', sequence, 'status', status,
        'reason', reason, 'txHash', tx, 'blockNumber', block,
        'settledAtMs', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint))::text)::text AS sent
      FROM settled) AS each_one)
  SELECT t.tx AS "txHash", t.log AS "logIndex", t.subject AS "sessionId", t.outcome, settled.id,
    t."transactionId" IS NULL AS "isForeign", t."isOther",
    (SELECT times FROM pushed) AS pushed
  FROM todo t
  LEFT JOIN settled ON settled.tx = t.tx AND settled.log = t.log`

type Row = Pick<
  AppliedIntent,
  | 'txHash'
  | 'logIndex'
  | 'sessionId'
  | 'outcome'
  | 'id'
  | 'isForeign'
  | 'isOther'
>

/**
 * Settles the intents that events are about, moves sequences, counters and meters, and tells the web processes: one
 * statement, so all of it or nothing, and what an intent had reserved is free again exactly when it is counted.
 * Events applied before change nothing.
 * @param events Each place at most once, in the chain's order.
 * @param others Places that another intent than ours has taken.
 * @param meters What the chain has counted in the meters of these sessions by now.
 */
export async function applyIntents(
  { pool }: Database,
  events: readonly IntentEvent[],
  others: ReadonlySet<string>,
  meters: readonly MeterReading[],
): Promise<AppliedIntent[]> {
  const progress = progressOf(events)
  const { rows } = await pool.query<Row>({
    name: 'apply-intents',
    text: statement,
    values: [
      events.map(({ txHash }) => txHash),
      events.map(({ logIndex }) => logIndex),
      events.map(({ blockNumber }) => blockNumber.toString()),
      events.map(({ blockHash }) => blockHash),
      events.map(({ name }) => name),
      events.map(({ subject }) => subject),
      events.map(({ args }) => JSON.stringify(args)),
      events.map(placeOfEvent),
      events.map(outcomeOf),
      events.map(reasonOf),
      events.map((event) => others.has(placeOfEvent(event))),
      ...progress,
      ...meterColumns(meters),
    ],
  })
  return rows.map((row) => {
    const event = events.find(
      ({ txHash, logIndex }) =>
        txHash === row.txHash && logIndex === row.logIndex,
    )
    const { lane, sequence } = event ? placeIn(event) : { lane: 0, sequence: 0 }
    return { ...row, lane, sequence }
  })
}

/** Name of the place in a session's order that an event is about. */
export function placeOfEvent(event: IntentEvent): string {
  const { lane, sequence } = placeIn(event)
  return placeOf(event.subject, lane, sequence)
}

function placeIn(event: IntentEvent): { lane: number; sequence: number } {
  return event.name === 'IntentExecuted' ? event.outcome : event.rejection
}

function outcomeOf(event: IntentEvent): AppliedIntent['outcome'] {
  if (event.name === 'IntentRejected') return 'rejected'
  return event.outcome.isSuccess ? 'confirmed' : 'reverted'
}

function reasonOf(event: IntentEvent): string | null {
  if (event.name === 'IntentRejected')
    return reasonOfSelector(event.rejection.reasonSelector)
  if (event.outcome.isSuccess) return null
  return reasonOfSelector(event.outcome.revertSelector)
}

/** Columns of what the events say about sequences (lane 0; other lanes: the highest of each) and counters (the last). */
function progressOf(events: readonly IntentEvent[]) {
  const next = new Map<Hex, number>()
  const cells = new Map<Hex, string>()
  const lanes = new Map<string, [Hex, number, number]>()
  for (const event of events) {
    if (event.name !== 'IntentExecuted') continue
    const { lane, sequence, counters } = event.outcome
    const id = event.subject
    cells.set(id, `{${counters.join(',')}}`)
    const onLane0 = lane === 0 ? sequence + 1 : 0
    next.set(id, Math.max(next.get(id) ?? 0, onLane0))
    if (lane === 0) continue
    const key = `${id}:${lane}`
    const known = lanes.get(key)?.[2] ?? 0
    lanes.set(key, [id, lane, Math.max(known, sequence + 1)])
  }
  const laneRows = [...lanes.values()]
  return [
    [...next.keys()],
    [...next.values()],
    [...cells.values()],
    ...[0, 1, 2].map((column) => laneRows.map((row) => row[column])),
  ]
}

function meterColumns(meters: readonly MeterReading[]) {
  return [
    meters.map(({ sessionId }) => sessionId),
    meters.map(({ index }) => index),
    meters.map(({ meter }) => meter.total.toString()),
    meters.map(({ meter }) => meter.window),
    meters.map(({ meter }) => meter.inWindow.toString()),
  ]
}
