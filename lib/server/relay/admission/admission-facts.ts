import type { Address, Hex } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { SessionFacts } from '@/lib/intent/evaluate-intent'
import type { Table } from '@/lib/permission/compile-terms'
import type {
  KeyScheme,
  SessionKey,
  SessionStatus,
} from '@/lib/session/session'
import type { SessionUsage } from '@/lib/session/session-usage'
import { toChainSeconds } from '../../chain/clock'
import type { Database } from '../../db/database'
import { toUsage } from '../../session/stored-usage'
import type { BudgetRow } from '../../sponsor/budget'
import { type KnownTable, readTables } from './read-tables'
import { type Charges, withReserved } from './reserve-usage'

/** An acknowledged intent that is not settled. */
export type PendingIntent = { id: Hex; lane: number; sequence: number }

/** A grant that still has to travel to the chain with an intent. */
export type WaitingGrant = {
  /** Unix seconds, exclusive. */
  validUntil: number
  /** Unix seconds, exclusive; until then the chain takes it. */
  deadline: number
  /** Why the chain refused it. */
  error: string | null
  /** Bytes and gas that it takes in a bundle. */
  size: number
  gas: number
}

/** All that admission needs to know about a session. What is admitted is noted in it; see `noteAdmitted`. */
export type AdmissionFacts = {
  account: Address
  key: SessionKey
  epoch: number
  /** The session's packed table, and how many meters it uses. */
  packedTable: Hex
  meters: number
  /** For evaluation: use and sequences as if everything pending had succeeded, and until a signed renewal ends. */
  session: SessionFacts
  /** Next sequence of each lane that is not at 0. */
  lanes: Map<number, number>
  /** The same use, as it counted at another time. */
  usageAt: (nowSeconds: number) => SessionUsage
  pending: PendingIntent[]
  /** What each of them has reserved. */
  reserved: Charges[]
  /** The grant that the next intent brings along; null when none has to. */
  grant: WaitingGrant | null
  /** Unix seconds; 0 = not paused. */
  pausedUntil: number
  /** Unix seconds of the chain's clock, for which the facts hold. */
  nowSeconds: number
  /** Seconds by which that clock runs ahead of ours. */
  aheadSeconds: number
  revocation: Revocation | null
  admitVersion: number
  /** Budgets that its intents count for, by id. */
  budgets: BudgetRow[]
}

type Revocation = {
  accountAddress: string
  revokedBy: string | null
  revokeRequestedBy: string | null
  reason: string | null
  policy: { ownerAddress: string; revokers: string[] } | null
}

type Row = {
  id: Hex
  accountAddress: string
  keyScheme: KeyScheme
  publicKey: Hex
  epoch: number
  tableHash: Hex
  isKnown: boolean
  meterCount: number
  validAfter: string
  validUntil: string
  status: SessionStatus
  cells: number[]
  grants:
    | [
        validUntil: number,
        deadline: number,
        error: string | null,
        size: number,
        gas: number,
      ][]
    | null
  revokeRequestedAt: Date | null
  revokeRequestedBy: string | null
  revokedBy: string | null
  revokedReason: string | null
  admitVersion: number
  nextSequence: string
  pausedUntil: string | null
  policyOwner: string | null
  revokers: string[] | null
  aheadSeconds: number | null
  meters:
    | [index: number, total: string, window: number, inWindow: string][]
    | null
  lanes: [lane: number, next: number][] | null
  pending:
    | [id: Hex, lane: number, sequence: number, number[], string[]][]
    | null
  budgets: BudgetRow[]
}

const statement = `
  SELECT s.id, s."accountAddress", s."keyScheme", s."publicKey", s.epoch, s."tableHash",
    cardinality(s."callCells") > 0 AS "isKnown", cardinality(s."meterIndexes") AS "meterCount", s.cells,
    s."validAfter", s."validUntil", s.status, s."revokeRequestedAt",
    s."revokeRequestedBy", s."revokedBy", s."revokedReason", s."admitVersion", s."nextSequence",
    p."pausedUntil", p."ownerAddress" AS "policyOwner", p.revokers, h."aheadSeconds",
    (SELECT json_agg(json_build_array(g."validUntil", g.deadline, g.error, g.size, g.gas) ORDER BY g."validUntil")
       FROM "SessionGrant" g WHERE g."sessionId" = s.id
         AND (s.status = 'pending' OR g."validUntil" > s."validUntil")) AS grants,
    (SELECT json_agg(json_build_array(m.index, m.total::text, m."window", m."inWindow"::text))
       FROM "SessionMeter" m WHERE m."sessionId" = s.id) AS meters,
    (SELECT json_agg(json_build_array(l.lane, l."nextSequence"))
       FROM "SessionLane" l WHERE l."sessionId" = s.id) AS lanes,
    (SELECT json_agg(json_build_array(i.id, i.lane, i.sequence, i."cellCharges", i."meterCharges"))
       FROM "Intent" i WHERE i."sessionId" = s.id AND i.status IN ('queued', 'submitted')) AS pending,
    (SELECT json_agg(json_build_array(b.id, t.limit::text, t.day, t.reserved::text, t.spent::text, t."readyMs"))
       FROM (VALUES ('session:' || s.id), ('player:' || s."accountAddress"), ('game:' || q.id),
         ('studio:' || q."studioId")) AS b(id)
       LEFT JOIN "GasBudget" t ON t.id = b.id WHERE b.id IS NOT NULL) AS budgets
  FROM "Session" s
  LEFT JOIN "Policy" p ON p.id = s."policyId"
  LEFT JOIN "Game" q ON q.id = p."gameId"
  LEFT JOIN "ChainHead" h ON h.id = 1
  WHERE s.id = ANY($1)`

/** Facts of sessions at this moment, by session, in one statement; those that do not exist are missing. */
export async function loadAdmissionFacts(
  database: Database,
  sessionIds: readonly Hex[],
): Promise<Map<Hex, AdmissionFacts>> {
  const { rows } = await database.pool.query<Row>({
    name: 'admission-facts',
    text: statement,
    values: [sessionIds],
  })
  const tables = await readTables(
    database,
    rows.filter(({ isKnown }) => isKnown),
  )
  return new Map(rows.map((row) => [row.id, toFacts(row, tables)]))
}

/** Facts of a session at this moment. @throws PlaykeyError `session_unknown` */
export async function getAdmissionFacts(
  database: Database,
  sessionId: Hex,
): Promise<AdmissionFacts> {
  const facts = await loadAdmissionFacts(database, [sessionId])
  const own = facts.get(sessionId)
  if (!own) throw new PlaykeyError('session_unknown')
  return own
}

/** A session that was granted elsewhere, with terms that we do not know, may do nothing here. */
const unknownTable: KnownTable = {
  packed: '0x',
  table: { entries: [], spends: [] },
}

function toFacts(
  row: Row,
  tables: ReadonlyMap<Hex, KnownTable>,
): AdmissionFacts {
  const aheadSeconds = row.aheadSeconds ?? 0
  const nowSeconds = toChainSeconds(aheadSeconds)
  const pending = row.pending ?? []
  const reserved = pending.map(([, , , cells, meters]) => ({ cells, meters }))
  const grant = findGrant(row, nowSeconds)
  const known = (row.isKnown && tables.get(row.tableHash)) || unknownTable
  const { table } = known
  const usageAt = (atSeconds: number) =>
    usageOf(row, table, reserved, atSeconds)
  const lanes = nextSequences(row)
  return {
    account: row.accountAddress as Address,
    key: { scheme: row.keyScheme, publicKey: row.publicKey },
    epoch: row.epoch,
    ...{ packedTable: known.packed, meters: row.meterCount },
    session: {
      status: row.status,
      validAfter: Number(row.validAfter),
      validUntil: grant?.validUntil ?? Number(row.validUntil),
      ...{ table, usage: usageAt(nowSeconds) },
      nextSequence: (lane) => lanes.get(lane) ?? 0,
    },
    ...{ lanes, usageAt, reserved, grant },
    pending: pending.map(([id, lane, sequence]) => ({ id, lane, sequence })),
    pausedUntil: Number(row.pausedUntil ?? 0),
    ...{ nowSeconds, aheadSeconds },
    revocation: toRevocation(row),
    admitVersion: row.admitVersion,
    budgets: row.budgets,
  }
}

/** The grant that travels with the next intent: the first one, or the latest renewal that the chain would still take. */
function findGrant(
  { status, grants }: Row,
  nowSeconds: number,
): WaitingGrant | null {
  const waiting = (grants ?? []).map(
    ([validUntil, deadline, error, size, gas]) => ({
      ...{ validUntil, deadline, error, size, gas },
    }),
  )
  if (status === 'pending') return waiting[0] ?? null
  return (
    waiting.findLast(
      ({ error, deadline }) => error === null && nowSeconds < deadline,
    ) ?? null
  )
}

function usageOf(
  row: Row,
  table: Table,
  reserved: readonly Charges[],
  nowSeconds: number,
): SessionUsage {
  const meters = (row.meters ?? []).map(([index, total, window, inWindow]) => ({
    ...{ index, total, window, inWindow },
  }))
  const clock = { nowSeconds, validAfter: Number(row.validAfter) }
  return withReserved(table, toUsage(row.cells, meters), reserved, clock)
}

function nextSequences(row: Row): Map<number, number> {
  const next = new Map(row.lanes ?? [])
  next.set(0, Number(row.nextSequence))
  for (const [, lane, sequence] of row.pending ?? [])
    next.set(lane, Math.max(next.get(lane) ?? 0, sequence + 1))
  return next
}

function toRevocation(row: Row): Revocation | null {
  if (row.status !== 'revoked' && row.revokeRequestedAt === null) return null
  return {
    accountAddress: row.accountAddress,
    revokedBy: row.revokedBy,
    revokeRequestedBy: row.revokeRequestedBy,
    reason: row.revokedReason,
    policy: row.policyOwner
      ? { ownerAddress: row.policyOwner, revokers: row.revokers ?? [] }
      : null,
  }
}
