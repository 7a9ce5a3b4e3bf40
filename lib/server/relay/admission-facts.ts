import type { Address, Hex } from 'viem'
import type { IntentStatus } from '@/lib/intent/intent'
import type {
  Permission,
  PermissionJson,
  PermissionUsage,
} from '@/lib/permission/permission'
import { fromPermissionJson } from '@/lib/permission/permission-json'
import type { SessionFacts } from '@/lib/session/evaluate-intent'
import type {
  KeyScheme,
  SessionKey,
  SessionStatus,
} from '@/lib/session/session'
import type { Database } from '../db/database'

/** An acknowledged intent that is not settled. */
export type PendingIntent = { id: Hex; lane: number; sequence: number }

/** All that admission needs to know about a session, read in one statement. */
export type AdmissionFacts = {
  account: Address
  key: SessionKey
  epoch: number
  permissions: Permission[]
  /** For evaluation: use and sequences as if everything pending had succeeded. */
  session: SessionFacts
  pending: PendingIntent[]
  /** Unix seconds; 0 = not paused. */
  pausedUntil: number
  aheadSeconds: number
  revocation: Revocation | null
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
  permissions: PermissionJson[]
  validAfter: string
  validUntil: string
  status: SessionStatus
  grantError: string | null
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
  usage: [entry: number, calls: number, valueWei: string][] | null
  lanes: [lane: number, next: number][] | null
  pending:
    | [id: Hex, lane: number, sequence: number, number[], string[]][]
    | null
  existing: IntentStatus | null
}

const statement = `
  SELECT s."accountAddress", s."keyScheme", s."publicKey", s.epoch, s.permissions,
    s."validAfter", s."validUntil", s.status, s."grantError", s."revokeRequestedAt",
    s."revokeRequestedBy", s."revokedBy", s."revokedReason", s."admitVersion", s."nextSequence",
    p."pausedUntil", p."ownerAddress" AS "policyOwner", p.revokers, h."aheadSeconds",
    (SELECT json_agg(json_build_array(u.entry, u.calls, u."valueWei"::text))
       FROM "SessionUsage" u WHERE u."sessionId" = s.id) AS usage,
    (SELECT json_agg(json_build_array(l.lane, l."nextSequence"))
       FROM "SessionLane" l WHERE l."sessionId" = s.id) AS lanes,
    (SELECT json_agg(json_build_array(i.id, i.lane, i.sequence, i.entries, i."valuesWei"))
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
  const permissions = row.permissions.map(fromPermissionJson)
  const pending = row.pending ?? []
  return {
    account: row.accountAddress as Address,
    key: { scheme: row.keyScheme, publicKey: row.publicKey },
    epoch: row.epoch,
    permissions,
    session: {
      status: row.status,
      validAfter: Number(row.validAfter),
      validUntil: Number(row.validUntil),
      permissions,
      usage: usageWithPending(row, permissions.length),
      nextSequence: (lane) => nextSequence(row, lane),
    },
    pending: pending.map(([id, lane, sequence]) => ({ id, lane, sequence })),
    pausedUntil: Number(row.pausedUntil ?? 0),
    aheadSeconds: row.aheadSeconds ?? 0,
    revocation: toRevocation(row),
    grantError: row.grantError,
    admitVersion: row.admitVersion,
    existing: row.existing,
  }
}

function usageWithPending(row: Row, count: number): PermissionUsage[] {
  const calls = new Array<number>(count).fill(0)
  const values = new Array<bigint>(count).fill(0n)
  const add = (entry: number, times: number, wei: string) => {
    calls[entry] = (calls[entry] ?? 0) + times
    values[entry] = (values[entry] ?? 0n) + BigInt(wei)
  }
  for (const [entry, times, wei] of row.usage ?? []) add(entry, times, wei)
  for (const [, , , entries, wei] of row.pending ?? [])
    for (const [index, entry] of entries.entries())
      add(entry, 1, wei[index] ?? '0')
  return calls.map((times, entry) => ({
    calls: times,
    valueWei: String(values[entry] ?? 0n),
  }))
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
