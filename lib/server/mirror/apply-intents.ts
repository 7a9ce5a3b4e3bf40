import type { Hex } from 'viem'
import { reasonOfSelector } from '../chain/reason-of-selector'
import { channels } from '../db/channels'
import type { Database } from '../db/database'
import { hasUndoneItself } from '../db/has-undone-itself'
import { placeOf } from '../relay/admission/store-intent'
import type { Receipt } from '../relay/key/broadcast'
import type { StoredTransaction } from '../relay/key/store-transaction'
import { type Fence, holdsLease } from '../relay/lease/fence'
import { changeBudgets, dayOf } from '../sponsor/change-budgets'
import { shareGas } from '../sponsor/share-gas'
import type { MirrorEvent } from './parse-logs'
import { type Progress, progressOf } from './progress-of'
import type { MeterReading } from './read-meters'
import { retryConflicts } from './retry-conflicts'

/** An event about an intent. */
export type IntentEvent = Extract<
  MirrorEvent,
  { name: 'IntentExecuted' | 'IntentRejected' }
>

/** Events that are applied together, and what has to be known for it. */
export type IntentRun = {
  /** Each place at most once, in the chain's order. */
  events: readonly IntentEvent[]
  /** Our own transactions: hash → id. */
  owners: ReadonlyMap<Hex, string>
  /** Intents of ours whose place a stranger has used for another one. */
  others: readonly Hex[]
  /** What the chain has counted in the meters of these sessions by now. */
  meters: readonly MeterReading[]
  /** Where the events are those of one bundle, and all that became of it. */
  bill: Bill | null
}

/** A bundle that was mined, and the lease under which that is recorded. */
export type Bill = {
  transaction: Pick<StoredTransaction, 'id' | 'intents'>
  receipt: Receipt
  fence: Fence
}

/** An intent of ours that an event settled. */
export type SettledIntent = {
  /** Index of the event. */
  at: number
  id: Hex
  sessionId: Hex
  lane: number
  sequence: number
  status: 'confirmed' | 'reverted' | 'rejected'
  /** Error code when reverted or rejected. */
  reason: string | null
  /** Milliseconds since it was queued. */
  ageMs: number
  /** Milliseconds that it lay in the queue; null when it was never sent by us. */
  queuedMs: number | null
}

/** Byte of a packed intent, from 1, from which on every bundle has the same: its signature, and the calls that it signs. */
const SIGNED_FROM = 19

/** SQL of those bytes as hex, for a row of "Intent". */
export function signedBytes(intent: string): string {
  return `encode(substring(${intent}.packed FROM ${SIGNED_FROM}), 'hex')`
}

/** A notification holds 8,000 bytes, an intent's news some 450. */
const NEWS_PER_NOTIFICATION = 14

// No CTE of a run's size is joined with another: PostgreSQL takes them for tiny and would compare each with each.
// An intent is found by its place, not by its status: the index of that is full of rows that were queued a moment ago.
// After a re-organisation several may be on their way to one place: the event is about the one that its transaction
// carries. Should that have been put into a later one meanwhile, it is known by its bytes; a refusal means it no more.
const statementOf = (billed: typeof withBill | null) => `
  WITH ${billed?.lease ?? ''}
  events AS (
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[],
      $7::text[], $8::text[], $9::text[], $10::uuid[] ${billed?.shares ?? ''})
      WITH ORDINALITY AS t(block, "blockHash", log, tx, name, subject, place, outcome, reason, carrier
        ${billed ? ', share' : ''}, at)),
  locked AS (
    SELECT id FROM "Session" WHERE id = ANY($12) ORDER BY id FOR NO KEY UPDATE),
  known AS (
    INSERT INTO "ChainEvent" ("blockNumber", "blockHash", "logIndex", "txHash", name, subject)
    SELECT block, "blockHash", log, tx, name, subject FROM events
    ON CONFLICT DO NOTHING),
  settled AS (
    UPDATE "Intent" i SET
      status = CASE WHEN i.id = ANY($11) THEN 'rejected' ELSE e.outcome END::"IntentStatus",
      reason = CASE WHEN i.id = ANY($11) THEN 'sequence_used'
        WHEN e.outcome = 'confirmed' AND e.carrier IS NULL THEN 'executed_elsewhere'
        WHEN e.outcome = 'rejected' THEN COALESCE((
          SELECT g.error FROM "SessionGrant" g JOIN "Session" s ON s.id = g."sessionId" AND s.status = 'pending'
          WHERE g."sessionId" = e.subject ORDER BY g."validUntil" LIMIT 1), e.reason)
        ELSE e.reason END,
      place = CASE WHEN i.id = ANY($11) OR e.outcome = 'rejected' THEN NULL ELSE i.place END,
      "txHash" = e.tx, "blockNumber" = e.block, "settledAt" = now() ${billed?.charge ?? ''}
    FROM events e
    WHERE (SELECT count(*) FROM locked) >= 0 AND i.place = e.place
      AND i.status <> ALL ('{confirmed,reverted,rejected}'::"IntentStatus"[])
      AND (i."transactionId" = e.carrier OR e.outcome <> 'rejected' AND (e.carrier IS NULL OR EXISTS (
        SELECT FROM "RelayAttempt" a WHERE a.hash = e.tx AND strpos(a.raw, ${signedBytes('i')}) > 0)))
    RETURNING e.at, i.id, i."sessionId", i.lane, i.sequence, i.status, i.reason, i.gas, i."queuedAt",
      i."submittedAt", e.tx, e.block ${billed ? ', e.share' : ''}),
  ${billed?.mined ?? ''}
  ${changeBudgets({ ...released, ...(billed ? { spent: billed.spent } : {}) })},
  sessions AS (
    UPDATE "Session" s SET "nextSequence" = GREATEST(s."nextSequence", n.next), "lastActivityAt" = now(),
      cells = CASE WHEN (SELECT COALESCE(sum(n.cells[c] - s.cells[c]), 0) >= 0 FROM unnest(s."callCells") AS c)
        THEN n.cells ELSE s.cells END
    FROM (SELECT id, next, cells::int[] AS cells FROM unnest($13::text[], $14::bigint[], $15::text[])
      AS t(id, next, cells)) AS n
    WHERE (SELECT count(*) FROM locked) >= 0 AND s.id = n.id),
  lanes AS (
    INSERT INTO "SessionLane" AS l ("sessionId", lane, "nextSequence")
    SELECT n.id, n.lane, n.next FROM unnest($16::text[], $17::bigint[], $18::bigint[]) AS n(id, lane, next)
    JOIN "Session" s ON s.id = n.id
    ON CONFLICT ("sessionId", lane) DO UPDATE SET "nextSequence" = GREATEST(l."nextSequence", EXCLUDED."nextSequence")),
  meters AS (
    INSERT INTO "SessionMeter" AS m ("sessionId", index, total, "window", "inWindow")
    SELECT n.* FROM unnest($19::text[], $20::int[], $21::numeric[], $22::bigint[], $23::numeric[])
      AS n(id, index, total, "window", "inWindow")
    ON CONFLICT ("sessionId", index) DO UPDATE SET
      total = EXCLUDED.total, "window" = EXCLUDED."window", "inWindow" = EXCLUDED."inWindow"
    WHERE EXCLUDED.total >= m.total),
  news AS (
    SELECT (row_number() OVER () - 1) / ${NEWS_PER_NOTIFICATION} AS part, json_build_object(
      'type', 'intent', 'id', id, 'sessionId', "sessionId", 'lane', lane, 'sequence', sequence, 'status', status,
      'reason', reason, 'txHash', tx, 'blockNumber', block,
      'settledAtMs', floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)::text AS item
    FROM settled),
  pushed AS (
    SELECT pg_notify('${channels.event}', '[' || string_agg(item, ',') || ']')::text AS sent FROM news GROUP BY part)
  SELECT at::int - 1 AS at, id, "sessionId", lane::int, sequence::int, status::text,
    reason, extract(epoch FROM now() - "queuedAt")::float8 * 1000 AS "ageMs",
    extract(epoch FROM "submittedAt" - "queuedAt")::float8 * 1000 AS "queuedMs", (SELECT count(sent) FROM pushed) AS pushed
    ${billed?.isBooked ?? ''}
  FROM settled`

const released = { from: 'settled', reserved: '-x.gas', after: 'locked' }

/** What is different when the events are all that became of a bundle: it is recorded, and charged, exactly then. */
const withBill = {
  lease: `lease AS MATERIALIZED (${holdsLease('$30', '$31')}),`,
  shares: ', $24::int[]',
  charge: ', "gasCharged" = i."gasCharged" + e.share',
  mined: `
  mined AS (
    UPDATE "RelayTransaction" SET state = 'included', "minedHash" = $26, "blockNumber" = $27, "gasUsed" = $28,
      "gasPriceWei" = $29
    WHERE id = $25 AND state = 'prepared' AND EXISTS (SELECT FROM lease)
      AND (SELECT count(*) FROM settled) = cardinality($24::int[])
    RETURNING id),`,
  spent: { gas: 'x.share', day: dayOf('x."queuedAt"') },
  isBooked: ', 1 / (SELECT count(*) FROM mined) AS booked',
}

const statement = statementOf(null)
const billedStatement = statementOf(withBill)

/**
 * Settles the intents that events are about, moves sequences, counters and meters, and tells the web processes: one
 * statement, so all of it or nothing, and what an intent had reserved is free again exactly when it is counted.
 * Applied again, it changes nothing; several processes may apply the same events at once. Rows are locked in this
 * order: sessions by id, intents, budgets by id.
 * @returns null when there is a bill, and others were faster with some of it: the bill is not recorded then
 */
export async function applyIntents(
  { pool }: Database,
  run: IntentRun,
): Promise<SettledIntent[] | null> {
  const { events, owners, others, meters, bill } = run
  const progress = progressOf(events)
  const values = [
    events.map(({ blockNumber }) => blockNumber.toString()),
    events.map(({ blockHash }) => blockHash),
    events.map(({ logIndex }) => logIndex),
    events.map(({ txHash }) => txHash),
    events.map(({ name }) => name),
    events.map(({ subject }) => subject),
    events.map(placeOfEvent),
    events.map(outcomeOf),
    events.map(reasonOf),
    events.map(({ txHash }) => owners.get(txHash) ?? null),
    others,
    [...new Set(events.map(({ subject }) => subject))],
    ...progressColumns(progress),
    ...meterColumns(meters),
  ]
  const query = bill
    ? {
        ...{ name: 'apply-bundle', text: billedStatement },
        values: [...values, ...billColumns(events, bill)],
      }
    : { name: 'apply-intents', text: statement, values }
  try {
    const { rows } = await retryConflicts(() =>
      pool.query<SettledIntent>(query),
    )
    return bill && rows.length === 0 ? null : rows
  } catch (error) {
    if (hasUndoneItself(error)) return null
    throw error
  }
}

function billColumns(
  events: readonly IntentEvent[],
  { transaction, receipt, fence }: Bill,
): unknown[] {
  const { intents } = transaction
  const reserved = intents.map(({ gas }) => gas)
  const shares = shareGas(receipt.gasUsed, reserved)
  const byPlace = new Map(
    intents.map(({ sessionId, lane, sequence }, at) => [
      placeOf(sessionId, lane, sequence),
      shares[at],
    ]),
  )
  return [
    events.map((event) => byPlace.get(placeOfEvent(event)) ?? 0),
    ...[transaction.id, receipt.transactionHash],
    receipt.blockNumber.toString(),
    receipt.gasUsed.toString(),
    receipt.effectiveGasPrice.toString(),
    ...[fence.name, fence.fence.toString()],
  ]
}

/** Name of the place in a session's order that an event is about. */
export function placeOfEvent(event: IntentEvent): string {
  const { lane, sequence } = placeIn(event)
  return placeOf(event.subject, lane, sequence)
}

/** Lane and sequence that an event is about. */
export function placeIn(event: IntentEvent): {
  lane: number
  sequence: number
} {
  return event.name === 'IntentExecuted' ? event.outcome : event.rejection
}

/** What became of the intent. */
export function outcomeOf(event: IntentEvent): SettledIntent['status'] {
  if (event.name === 'IntentRejected') return 'rejected'
  return event.outcome.isSuccess ? 'confirmed' : 'reverted'
}

function reasonOf(event: IntentEvent): string | null {
  if (event.name === 'IntentRejected')
    return reasonOfSelector(event.rejection.reasonSelector)
  if (event.outcome.isSuccess) return null
  return reasonOfSelector(event.outcome.revertSelector)
}

function progressColumns({ sessions, lanes }: Progress): unknown[][] {
  return [
    sessions.map(({ id }) => id),
    sessions.map(({ next }) => next),
    sessions.map(({ cells }) => `{${cells.join(',')}}`),
    lanes.map(({ id }) => id),
    lanes.map(({ lane }) => lane),
    lanes.map(({ next }) => next),
  ]
}

function meterColumns(meters: readonly MeterReading[]): unknown[][] {
  return [
    meters.map(({ sessionId }) => sessionId),
    meters.map(({ index }) => index),
    meters.map(({ meter }) => meter.total.toString()),
    meters.map(({ meter }) => meter.window),
    meters.map(({ meter }) => meter.inWindow.toString()),
  ]
}
