import type { Address, Hex } from 'viem'
import type { SessionFacts } from '@/lib/intent/evaluate-intent'
import type { IntentStatus } from '@/lib/intent/intent'
import type { Table } from '@/lib/permission/compile-terms'
import type { Permission } from '@/lib/permission/permission'
import type { TermsJson } from '@/lib/permission/terms'
import { fromTermsJson } from '@/lib/permission/terms-json'
import type {
  KeyScheme,
  SessionKey,
  SessionStatus,
} from '@/lib/session/session'
import type { SessionUsage } from '@/lib/session/session-usage'
import { toChainSeconds } from '../chain/clock'
import type { Database } from '../db/database'
import { toUsage } from '../session/stored-usage'
import { readTable } from '../session/table-columns'
import { withReserved } from './reserve-usage'

/** An acknowledged intent that is not settled. */
export type PendingIntent = { id: Hex; lane: number; sequence: number }

/** All that admission needs to know about a session, read in one statement. */
export type AdmissionFacts = {
  account: Address
  key: SessionKey
  epoch: number
  /** In table order. */
  permissions: readonly Permission[]
  /** For evaluation: use and sequences as if everything pending had succeeded, and until a signed renewal ends. */
  session: SessionFacts
  /** The same use, as it counted at another time. */
  usageAt: (nowSeconds: number) => SessionUsage
  pending: PendingIntent[]
  /** Unix seconds, exclusive; until then the chain takes the grant that still has to travel along. Null when none has to. */
  grantDeadline: number | null
  /** Unix seconds; 0 = not paused. */
  pausedUntil: number
  /** Unix seconds of the chain's clock, for which the facts hold. */
  nowSeconds: number
  /** Seconds by which that clock runs ahead of ours. */
  aheadSeconds: number
  revocation: Revocation | null
  /** Why the chain refused to enable the session. */
  grantError: string | null
  admitVersion: number
  /** Status of the very same intent, when it was acknowledged before. */
  existing: IntentStatus | null
}

type Revocation = {
  accountAddress: string
  revokedBy: string | null
  revokeRequestedBy: string | null
  reason: string | null
  policy: { ownerAddress: string; revokers: string[] } | null
}

type Row = {
  accountAddress: string
  keyScheme: KeyScheme
  publicKey: Hex
  epoch: number
  table: Hex
  terms: TermsJson
  validAfter: string
  validUntil: string
  status: SessionStatus
  cells: number[]
  grants: [validUntil: number, deadline: number, error: string | null][] | null
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
  existing: IntentStatus | null
}

const statement = `
  SELECT s."accountAddress", s."keyScheme", s."publicKey", s.epoch, s.table, s.terms, s.cells,
    s."validAfter", s."validUntil", s.status, s."revokeRequestedAt",
    s."revokeRequestedBy", s."revokedBy", s."revokedReason", s."admitVersion", s."nextSequence",
    p."pausedUntil", p."ownerAddress" AS "policyOwner", p.revokers, h."aheadSeconds",
    (SELECT json_agg(json_build_array(g."validUntil", g.deadline, g.error) ORDER BY g."validUntil")
       FROM "SessionGrant" g WHERE g."sessionId" = s.id
         AND (s.status = 'pending' OR g."validUntil" > s."validUntil")) AS grants,
    (SELECT json_agg(json_build_array(m.index, m.total::text, m."window", m."inWindow"::text))
       FROM "SessionMeter" m WHERE m."sessionId" = s.id) AS meters,
    (SELECT json_agg(json_build_array(l.lane, l."nextSequence"))
       FROM "SessionLane" l WHERE l."sessionId" = s.id) AS lanes,
    (SELECT json_agg(json_build_array(i.id, i.lane, i.sequence, i."cellCharges", i."meterCharges"))
       FROM "Intent" i WHERE i."sessionId" = s.id AND i.status IN ('queued', 'submitted')) AS pending,
    (SELECT i.status FROM "Intent" i WHERE i.id = $2) AS existing
  FROM "Session" s
  LEFT JOIN "Policy" p ON p.id = s."policyId"
  LEFT JOIN "ChainHead" h ON h.id = 1
  WHERE s.id = $1`

/** Facts of a session at this moment; null when there is no such session. */
export async function loadAdmissionFacts(
  database: Database,
  sessionId: Hex,
  intentId: Hex,
): Promise<AdmissionFacts | null> {
  const { rows } = await database.pool.query<Row>({
    name: 'admission-facts',
    text: statement,
    values: [sessionId, intentId],
  })
  const row = rows[0]
  return row ? toFacts(row) : null
}

function toFacts(row: Row): AdmissionFacts {
  const aheadSeconds = row.aheadSeconds ?? 0
  const nowSeconds = toChainSeconds(aheadSeconds)
  const pending = row.pending ?? []
  const grant = findGrant(row, nowSeconds)
  const table = tableOf(row)
  const usageAt = (atSeconds: number) => usageOf(row, table, atSeconds)
  return {
    account: row.accountAddress as Address,
    key: { scheme: row.keyScheme, publicKey: row.publicKey },
    epoch: row.epoch,
    permissions: fromTermsJson(row.terms).permissions,
    session: {
      status: row.status,
      validAfter: Number(row.validAfter),
      validUntil: grant?.[0] ?? Number(row.validUntil),
      ...{ table, usage: usageAt(nowSeconds) },
      nextSequence: (lane) => nextSequence(row, lane),
    },
    usageAt,
    pending: pending.map(([id, lane, sequence]) => ({ id, lane, sequence })),
    grantDeadline: grant?.[1] ?? null,
    pausedUntil: Number(row.pausedUntil ?? 0),
    ...{ nowSeconds, aheadSeconds },
    revocation: toRevocation(row),
    grantError: row.status === 'pending' ? (grant?.[2] ?? null) : null,
    admitVersion: row.admitVersion,
    existing: row.existing,
  }
}

/** The grant that travels with the next intent: the first one, or the latest renewal that the chain would still take. */
function findGrant({ status, grants }: Row, nowSeconds: number) {
  if (status === 'pending') return grants?.[0]
  return grants?.findLast(
    ([, deadline, error]) => error === null && nowSeconds < deadline,
  )
}

function tableOf({ terms, table }: Row): Table {
  const isKnown = terms.permissions.length > 0
  return isKnown ? readTable(table) : { entries: [], spends: [] }
}

function usageOf(row: Row, table: Table, nowSeconds: number): SessionUsage {
  const meters = (row.meters ?? []).map(([index, total, window, inWindow]) => ({
    ...{ index, total, window, inWindow },
  }))
  const reserved = (row.pending ?? []).map(([, , , cells, meters]) => ({
    ...{ cells, meters },
  }))
  const clock = { nowSeconds, validAfter: Number(row.validAfter) }
  return withReserved(table, toUsage(row.cells, meters), reserved, clock)
}

function nextSequence(row: Row, lane: number): number {
  const onChain =
    lane === 0
      ? Number(row.nextSequence)
      : (row.lanes?.find(([known]) => known === lane)?.[1] ?? 0)
  return (row.pending ?? []).reduce(
    (next, [, pendingLane, sequence]) =>
      pendingLane === lane ? Math.max(next, sequence + 1) : next,
    onChain,
  )
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
