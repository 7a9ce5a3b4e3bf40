import { bytesToHex, type Hex } from 'viem'
import type { Database } from '../db/database'

const CLAIM_MAX = 400

/** A queued intent with all that a bundle needs of it. */
export type QueuedIntent = {
  id: Hex
  sessionId: Hex
  lane: number
  sequence: number
  callGas: number
  /** Unix seconds, exclusive. */
  expiry: number
  packed: Hex
  /** Failed transactions that carried it. */
  suspicion: number
  /** Zero hash without a policy. */
  policyId: Hex
  table: Hex
  /** Not on chain yet: its grant has to travel along. */
  isPending: boolean
  /** Bytes that its grant takes at most. */
  grantBytes: number
  /** Why it cannot run any more, if so. */
  obstacle: string | null
}

type Row = {
  id: Hex
  sessionId: Hex
  lane: string
  sequence: string
  callGas: number
  expiry: string
  packed: Buffer | null
  suspicion: number
  policyId: Hex | null
  table: Hex
  status: string
  grantBytes: number
  ended: boolean
  grantError: string | null
  pausedUntil: string | null
}

const ZERO_HASH: Hex = `0x${'00'.repeat(32)}`

const statement = `
  SELECT i.id, i."sessionId", i.lane, i.sequence, i."callGas", i.expiry, i.packed, i.suspicion,
    s."policyId", s.table, s.status::text, s."grantError",
    CASE WHEN s.status = 'pending' THEN
      1024 + COALESCE(length(s."grantSignature"), 0) / 2 + 2 * length(s.permissions::text)
      ELSE 0 END AS "grantBytes",
    (s.status = 'revoked' OR s."revokeRequestedAt" IS NOT NULL) AS ended, p."pausedUntil"
  FROM "Intent" i
  JOIN "Session" s ON s.id = i."sessionId"
  LEFT JOIN "Policy" p ON p.id = s."policyId"
  WHERE i.status = 'queued'
  ORDER BY i."queuedAt", i.lane, i.sequence
  LIMIT ${CLAIM_MAX}`

/** The oldest queued intents, each lane in order. */
export async function readQueue(
  { pool }: Database,
  nowSeconds: number,
): Promise<QueuedIntent[]> {
  const { rows } = await pool.query<Row>({
    name: 'read-queue',
    text: statement,
  })
  return rows.map((row) => ({
    id: row.id,
    sessionId: row.sessionId,
    lane: Number(row.lane),
    sequence: Number(row.sequence),
    callGas: row.callGas,
    expiry: Number(row.expiry),
    packed: row.packed ? bytesToHex(row.packed) : '0x',
    suspicion: row.suspicion,
    policyId: row.policyId ?? ZERO_HASH,
    table: row.table,
    isPending: row.status === 'pending',
    grantBytes: row.grantBytes,
    obstacle: obstacleOf(row, nowSeconds),
  }))
}

function obstacleOf(row: Row, nowSeconds: number): QueuedIntent['obstacle'] {
  if (row.ended) return 'session_revoked'
  if (!row.packed) return 'internal'
  if (nowSeconds < Number(row.pausedUntil ?? 0)) return 'policy_paused'
  return row.grantError
}
