import type { Hex } from 'viem'
import { reasonOfSelector } from '../chain/reason-of-selector'
import { channels } from '../db/channels'
import type { Database } from '../db/database'
import { placeOf } from '../relay/store-intent'
import type { MirrorEvent } from './parse-logs'

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
  /** The session may spend value, which the event does not tell. */
  hasValue: boolean
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
    SELECT e.*, a."transactionId", s."grantError" FROM events e JOIN fresh USING (tx, log)
    LEFT JOIN "RelayAttempt" a ON a.hash = e.tx
    LEFT JOIN "Session" s ON s.id = e.subject),
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
    RETURNING i.id, i."sessionId", i.lane, i.sequence, i.status, i.reason, t.tx, t.log, t.block),
  sessions AS (
    UPDATE "Session" s SET "nextSequence" = GREATEST(s."nextSequence", n.next), "lastActivityAt" = now()
    FROM unnest($12::text[], $13::bigint[]) AS n(id, next) WHERE s.id = n.id
    RETURNING s.id, s."accountAddress", jsonb_path_exists(s.permissions, '$[*] ? ($.maxValue != "0")') AS "hasValue"),
  accounts AS (
    UPDATE "Account" a SET "lastActivityAt" = now() FROM sessions s
    WHERE a.address = s."accountAddress" AND a."lastActivityAt" < now() - interval '10 seconds'),
  lanes AS (
    INSERT INTO "SessionLane" AS l ("sessionId", lane, "nextSequence")
    SELECT n.id, n.lane, n.next FROM unnest($14::text[], $15::bigint[], $16::bigint[]) AS n(id, lane, next)
    JOIN "Session" s ON s.id = n.id
    ON CONFLICT ("sessionId", lane) DO UPDATE SET "nextSequence" = GREATEST(l."nextSequence", EXCLUDED."nextSequence")),
  usage AS (
    INSERT INTO "SessionUsage" AS u ("sessionId", entry, calls)
    SELECT n.id, n.entry, n.calls FROM unnest($17::text[], $18::int[], $19::int[]) AS n(id, entry, calls)
    JOIN "Session" s ON s.id = n.id
    ON CONFLICT ("sessionId", entry) DO UPDATE SET calls = GREATEST(u.calls, EXCLUDED.calls)),
  pushed AS (
    SELECT count(sent) AS times FROM (
      SELECT pg_notify('${channels.event}', json_build_array(json_build_object(
        'type', 'intent', 'id', id, 'sessionId', "sessionId", 'lane', lane, 'sequence', sequence, 'status', status,
        'reason', reason, 'txHash', tx, 'blockNumber', block,
        'settledAtMs', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint))::text)::text AS sent
      FROM settled) AS each_one)
  SELECT t.tx AS "txHash", t.log AS "logIndex", t.subject AS "sessionId", t.outcome, settled.id,
    t."transactionId" IS NULL AS "isForeign", t."isOther", COALESCE(sessions."hasValue", false) AS "hasValue",
    (SELECT times FROM pushed) AS pushed
  FROM todo t
  LEFT JOIN settled ON settled.tx = t.tx AND settled.log = t.log
  LEFT JOIN sessions ON sessions.id = t.subject`

type Row = Pick<
  AppliedIntent,
  | 'txHash'
  | 'logIndex'
  | 'sessionId'
  | 'outcome'
  | 'id'
  | 'isForeign'
  | 'isOther'
  | 'hasValue'
>

/**
 * Settles the intents that events are about, moves sequences and counters, and tells the web processes: one
 * statement, so all of it or nothing. Events applied before change nothing.
 * $param events Each place at most once.
 */
export async function applyIntents(
  { pool }: Database,
  events: readonly IntentEvent[],
  others: ReadonlySet<string>,
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

/** Columns of what the events say about sequences (lane 0; other lanes) and counters: the highest of each. */
function progressOf(events: readonly IntentEvent[]) {
  const next = new Map<Hex, number>()
  const lanes = new Map<string, [Hex, number, number]>()
  const usage = new Map<string, [Hex, number, number]>()
  for (const event of events) {
    if (event.name !== 'IntentExecuted') continue
    const { lane, sequence, counters } = event.outcome
    const id = event.subject
    if (lane === 0) next.set(id, Math.max(next.get(id) ?? 0, sequence + 1))
    else {
      next.set(id, next.get(id) ?? 0)
      keepHighest(lanes, id, lane, sequence + 1)
    }
    for (const [entry, calls] of counters.entries())
      if (calls > 0) keepHighest(usage, id, entry, calls)
  }
  const laneRows = [...lanes.values()]
  const usageRows = [...usage.values()]
  return [
    [...next.keys()],
    [...next.values()],
    ...[0, 1, 2].map((column) => laneRows.map((row) => row[column])),
    ...[0, 1, 2].map((column) => usageRows.map((row) => row[column])),
  ]
}

function keepHighest(
  rows: Map<string, [Hex, number, number]>,
  id: Hex,
  index: number,
  value: number,
): void {
  const key = `${id}:${index}`
  const known = rows.get(key)?.[2] ?? 0
  rows.set(key, [id, index, Math.max(known, value)])
}
