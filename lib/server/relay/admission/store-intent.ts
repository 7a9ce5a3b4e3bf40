import type { Hex } from 'viem'
import type { Call, Intent } from '@/lib/intent/intent'
import { channels } from '../../db/channels'
import type { Database } from '../../db/database'
import { hasUndoneItself } from '../../db/has-undone-itself'
import type { Budget } from '../../sponsor/budget'
import { dayOf } from '../../sponsor/change-budgets'
import { type BudgetScope, sponsorLimits } from '../../sponsor/sponsor-limits'
import { SIDE } from '../key/key-share'
import { shardOf } from '../key/shard-of'
import type { ReservedGas } from './gas-to-reserve'
import type { Charges } from './reserve-usage'

/** A checked intent as it is stored. */
export type AdmittedIntent = ReservedGas & {
  id: Hex
  intent: Intent
  /** Table entry of each call. */
  entries: number[]
  /** Reserved until it is settled. */
  charges: Charges
  /** Bytes for the bundle. */
  packed: Hex
  /** W3C trace context of its admission. */
  traceParent: string | null
}

/** Intents of one session, in order, and what they were checked against. */
export type SessionTurn = {
  sessionId: Hex
  /** The session's version that the checks were made against. */
  admitVersion: number
  budgets: readonly Budget[]
  intents: AdmittedIntent[]
}

const SIDELINED = `interval '60 seconds'`

/** Unix milliseconds of the database's clock. */
const NOW_MS = '(extract(epoch FROM now()) * 1000)::float8'
const SPENT = `(CASE WHEN b.day = 0 OR b.day >= ${dayOf('now()')} THEN b.spent ELSE 0 END)`
const READY_MS = `(GREATEST(b."readyMs", ${NOW_MS}) + n.times * n."intervalMs")`

const statement = `
  WITH input AS (
    SELECT *, session || ':' || lane || ':' || sequence AS place
    FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[],
      $8::text[], $9::bigint[], $10::int[], $11::text[], $12::int[], $13::text[])
      AS t(id, session, lane, sequence, calls, entries, cells, meters, expiry, "callGas", packed, gas, trace)),
  taken AS (
    SELECT n.session FROM input n
    CROSS JOIN LATERAL (SELECT i.id FROM "Intent" i WHERE i.id = n.id OR i.place = n.place LIMIT 1) AS other),
  locked AS (
    SELECT s.id, t.shard, t."isHeavy"
    FROM unnest($14::text[], $15::int[], $16::int[], $17::boolean[]) AS t(id, version, shard, "isHeavy")
    JOIN "Session" s ON s.id = t.id
    WHERE s."admitVersion" = t.version AND s."revokeRequestedAt" IS NULL AND s.status <> 'revoked'
      AND t.id NOT IN (SELECT session FROM taken)
    ORDER BY s.id FOR NO KEY UPDATE OF s),
  turn AS (
    UPDATE "Session" s SET "admitVersion" = s."admitVersion" + 1,
      "sidelinedUntil" = CASE WHEN l."isHeavy" THEN GREATEST(s."sidelinedUntil", now() + ${SIDELINED})
        ELSE s."sidelinedUntil" END
    FROM locked l WHERE s.id = l.id
    RETURNING s.id, l.shard, s."sidelinedUntil" > now() AS "isAside"),
  stored AS (
    INSERT INTO "Intent" (id, "sessionId", lane, sequence, calls, entries, "cellCharges", "meterCharges", place, expiry,
      "callGas", packed, status, shard, gas, "traceParent", "queuedAt")
    SELECT n.id, n.session, n.lane, n.sequence, n.calls::jsonb, n.entries::int[], n.cells::int[], n.meters::text[],
      n.place, n.expiry, n."callGas", decode(n.packed, 'hex'), 'queued', turn.shard, n.gas, n.trace,
      date_trunc('milliseconds', now())
    FROM input n JOIN turn ON turn.id = n.session
    ON CONFLICT DO NOTHING
    RETURNING id),
  needs AS (
    SELECT t.id, sum(t.gas)::bigint AS gas, sum(t.times)::int AS times, min(t.limit) AS limit,
      min(t."intervalMs") AS "intervalMs", min(t."burstMs") AS "burstMs"
    FROM unnest($18::text[], $19::text[], $20::bigint[], $21::int[], $22::bigint[], $23::float8[], $24::float8[])
      AS t(session, id, gas, times, "limit", "intervalMs", "burstMs")
    JOIN turn ON turn.id = t.session
    GROUP BY t.id),
  rooms AS (
    SELECT n.* FROM needs n JOIN "GasBudget" b ON b.id = n.id
    WHERE (SELECT count(*) FROM stored) >= 0
    ORDER BY b.id FOR NO KEY UPDATE OF b),
  reserved AS (
    UPDATE "GasBudget" b SET reserved = b.reserved + n.gas, spent = ${SPENT},
      day = CASE WHEN b.day = 0 THEN 0 ELSE GREATEST(b.day, ${dayOf('now()')}) END,
      "readyMs" = CASE WHEN n."intervalMs" = 0 THEN b."readyMs" ELSE ${READY_MS} END
    FROM rooms n
    WHERE b.id = n.id AND b.reserved + ${SPENT} + n.gas <= COALESCE(b.limit, n.limit)
      AND (n."intervalMs" = 0 OR ${READY_MS} <= ${NOW_MS} + n."burstMs")
    RETURNING b.id)
  SELECT turn.id, (SELECT pg_notify('${channels.work}', 'intent:' || string_agg(DISTINCT
      CASE WHEN "isAside" THEN '${SIDE}' ELSE shard::text END, ',')) FROM turn) AS told,
    1 / (CASE WHEN (SELECT count(*) FROM stored) = (SELECT count(*) FROM input n JOIN turn ON turn.id = n.session)
      AND (SELECT count(*) FROM reserved) = (SELECT count(*) FROM needs) THEN 1 ELSE 0 END) AS whole
  FROM turn`

/**
 * Stores intents, reserves their gas and wakes the worker, in one statement that is durable when this resolves.
 * @returns Sessions whose intents are stored; of the others nothing is, because they changed since. Null when a budget
 * or a place no longer had room for what was checked: then nothing is stored at all.
 */
export async function storeIntents(
  { pool }: Database,
  turns: readonly SessionTurn[],
): Promise<ReadonlySet<Hex> | null> {
  try {
    const { rows } = await pool.query<{ id: Hex }>({
      name: 'store-intents',
      text: statement,
      values: [
        ...intentColumns(turns),
        turns.map(({ sessionId }) => sessionId),
        turns.map(({ admitVersion }) => admitVersion),
        turns.map(({ intents }) => shardOf(accountOf(intents))),
        turns.map(({ intents }) => intents.some(({ isHeavy }) => isHeavy)),
        ...budgetColumns(turns),
      ],
    })
    return new Set(rows.map(({ id }) => id))
  } catch (error) {
    if (hasUndoneItself(error)) return null
    throw error
  }
}

/** Name of a place in a session's order; at most one live intent holds it. */
export function placeOf(
  sessionId: string,
  lane: number,
  sequence: number,
): string {
  return `${sessionId}:${lane}:${sequence}`
}

function accountOf(intents: readonly AdmittedIntent[]) {
  return intents[0]?.intent.account ?? '0x'
}

/** PostgreSQL arrays inside arrays, as text: those of unequal length do not fit otherwise. */
function intentColumns(turns: readonly SessionTurn[]): unknown[] {
  const rows = turns.flatMap(({ intents }) => intents)
  return [
    rows.map(({ id }) => id),
    rows.map(({ intent }) => intent.sessionId),
    rows.map(({ intent }) => intent.lane),
    rows.map(({ intent }) => intent.sequence),
    rows.map(({ intent }) => callsText(intent.calls)),
    rows.map(({ entries }) => `{${entries.join(',')}}`),
    rows.map(({ charges }) => `{${charges.cells.join(',')}}`),
    rows.map(({ charges }) => `{${charges.meters.join(',')}}`),
    rows.map(({ intent }) => intent.expiry),
    rows.map(({ intent }) => intent.callGas),
    rows.map(({ packed }) => packed.slice(2)),
    rows.map(({ gas }) => gas),
    rows.map(({ traceParent }) => traceParent),
  ]
}

/** JSON of calls whose parts are checked: hex and digits need no escaping. */
function callsText(calls: readonly Call[]): string {
  const texts = calls.map(
    ({ to, value, data }) =>
      `{"to":"${to}","value":"${value}","data":"${data}"}`,
  )
  return `[${texts.join(',')}]`
}

function budgetColumns(turns: readonly SessionTurn[]): unknown[] {
  const limits = sponsorLimits()
  const rows = turns.flatMap(({ sessionId, budgets, intents }) => {
    const gas = intents.reduce((sum, intent) => sum + intent.gas, 0)
    return budgets.map(({ id, scope }) => ({
      ...{ sessionId, id, gas, times: intents.length, scope },
    }))
  })
  const limitOf = ({ scope }: { scope: BudgetScope }) => limits[scope]
  return [
    rows.map(({ sessionId }) => sessionId),
    rows.map(({ id }) => id),
    rows.map(({ gas }) => gas),
    rows.map(({ times }) => times),
    rows.map((row) => limitOf(row).gas),
    rows.map((row) => limitOf(row).intervalMs),
    rows.map((row) => limitOf(row).burstMs),
  ]
}
