import type { Address, Hex } from 'viem'
import type { KeyScheme, SessionKey } from '@/lib/session/session'
import type { Database } from '../../db/database'
import type { GrantGas } from '../../session/gas-of-grant'
import type { Share } from '../key/key-share'
import { waitingGrant } from './waiting-grant'

/** More than fit into a bundle, unless they are tiny. */
const CLAIM_MAX = 160

/** A queued intent with all that a bundle needs of it. */
export type QueuedIntent = {
  id: Hex
  sessionId: Hex
  account: Address
  epoch: number
  key: SessionKey
  lane: number
  sequence: number
  callGas: number
  /** Number of its calls. */
  calls: number
  /** Unix seconds, exclusive. */
  expiry: number
  /** Gas that it was admitted for. */
  gas: number
  packed: Hex
  /** Failed transactions that carried it. */
  suspicion: number
  /** Zero hash without a policy. */
  policyId: Hex
  table: Hex
  /** Meters that the table uses. */
  meters: number
  /** What a grant takes that has to travel along, because the session is not on chain yet or is renewed. */
  grant: ({ size: number } & GrantGas) | null
  /** Why it cannot run any more, if so. */
  obstacle: string | null
}

type Row = {
  id: Hex
  sessionId: Hex
  account: Address
  epoch: number
  keyScheme: KeyScheme
  publicKey: Hex
  lane: string
  sequence: string
  callGas: number
  calls: number
  expiry: string
  gas: number
  packed: Buffer | null
  suspicion: number
  policyId: Hex | null
  table: Hex
  meters: number
  isPending: boolean
  validUntil: string
  grantSize: number | null
  grantGas: number | null
  grantReserve: number | null
  grantError: string | null
  ended: boolean
  pausedUntil: string | null
}

const ZERO_HASH: Hex = `0x${'00'.repeat(32)}`

const columns = `
  i.id, i."sessionId", i.lane, i.sequence, i."callGas", cardinality(i.entries) AS calls, i.expiry, i.gas, i.packed,
  i.suspicion, s."accountAddress" AS account, s.epoch, s."keyScheme", s."publicKey", s."policyId", s.table,
  cardinality(s."meterIndexes") AS meters, s.status = 'pending' AS "isPending", s."validUntil",
  g.size AS "grantSize", g.gas AS "grantGas", g.reserve AS "grantReserve", g.error AS "grantError",
  (s.status = 'revoked' OR s."revokeRequestedAt" IS NOT NULL) AS ended, p."pausedUntil"`

/** Each row is looked up by its key, whatever PostgreSQL believes of tables that change all the time. */
const details = `
  CROSS JOIN LATERAL (SELECT * FROM "Session" s WHERE s.id = i."sessionId" OFFSET 0) s
  LEFT JOIN LATERAL (${waitingGrant('$1')}) g ON true
  LEFT JOIN LATERAL (SELECT * FROM "Policy" p WHERE p.id = s."policyId" OFFSET 0) p ON true`

/** Which intents each kind of share has; `$2` and `$3` are its numbers. */
const shares: Record<Share['kind'], string> = {
  all: `"Intent" i WHERE i.status = 'queued' AND $2::int IS NULL AND $3::int IS NULL`,
  main: `"Intent" i WHERE i.status = 'queued' AND i.shard % $2::int = $3::int AND NOT EXISTS (
    SELECT 1 FROM "Session" s WHERE s.id = i."sessionId" AND s."sidelinedUntil" > now() OFFSET 0)`,
  side: `"Session" s CROSS JOIN LATERAL (
      SELECT * FROM "Intent" i WHERE i."sessionId" = s.id AND i.status = 'queued' OFFSET 0) i
    WHERE s."sidelinedUntil" > now() AND $2::int IS NULL AND $3::int IS NULL`,
}

/**
 * A session whose earlier intents are on their way, with whichever key, or held back, waits: so its order is safe.
 * What is over waits for nothing. Whoever is held back is sidelined.
 */
const queueOf = (kind: Share['kind']) => `
  WITH waiting AS MATERIALIZED (
    SELECT "sessionId" FROM "Intent" WHERE status = 'submitted' AND "transactionId" IS DISTINCT FROM $4::uuid
    UNION ALL
    SELECT b.id FROM "Session" s CROSS JOIN LATERAL (
      SELECT s.id FROM "Intent" i
      WHERE i."sessionId" = s.id AND i.status = 'queued' AND i."heldUntil" > now() LIMIT 1) b
    WHERE s."sidelinedUntil" > now()),
  head AS MATERIALIZED (
    SELECT i.* FROM ${shares[kind]} AND (i.expiry <= $1 OR i."sessionId" NOT IN (SELECT "sessionId" FROM waiting))
    ORDER BY i."queuedAt" FETCH FIRST ${CLAIM_MAX} ROWS WITH TIES)
  SELECT ${columns} FROM head i ${details}
  ORDER BY i."queuedAt", i.lane, i.sequence`

/**
 * The oldest queued intents of a share, each lane in order.
 * @param minedId A transaction of the same key that is mined, though not settled yet: nobody has to wait for it.
 */
export async function readQueue(
  { pool }: Database,
  share: Share,
  nowSeconds: number,
  minedId: string | null,
): Promise<QueuedIntent[]> {
  const { kind } = share
  const numbers = kind === 'main' ? [share.of, share.place] : [null, null]
  const { rows } = await pool.query<Row>({
    name: `read-queue-${kind}`,
    text: queueOf(kind),
    values: [nowSeconds, ...numbers, minedId],
  })
  return rows.map((row) => toQueued(row, nowSeconds))
}

/** These intents, whatever has become of them, each lane in order. */
export async function readIntents(
  { pool }: Database,
  ids: readonly Hex[],
  nowSeconds: number,
): Promise<QueuedIntent[]> {
  const { rows } = await pool.query<Row>(
    `SELECT ${columns} FROM "Intent" i ${details} WHERE i.id = ANY($2) ORDER BY i."queuedAt", i.lane, i.sequence`,
    [nowSeconds, ids],
  )
  return rows.map((row) => toQueued(row, nowSeconds))
}

function toQueued(row: Row, nowSeconds: number): QueuedIntent {
  return {
    id: row.id,
    sessionId: row.sessionId,
    account: row.account,
    epoch: row.epoch,
    key: { scheme: row.keyScheme, publicKey: row.publicKey },
    lane: Number(row.lane),
    sequence: Number(row.sequence),
    callGas: row.callGas,
    calls: row.calls,
    expiry: Number(row.expiry),
    gas: row.gas,
    packed: row.packed ? `0x${row.packed.toString('hex')}` : '0x',
    suspicion: row.suspicion,
    policyId: row.policyId ?? ZERO_HASH,
    table: row.table,
    meters: row.meters,
    grant: grantOf(row),
    obstacle: obstacleOf(row, nowSeconds),
  }
}

function grantOf({
  grantSize: size,
  grantGas: gas,
  grantReserve: reserve,
}: Row): QueuedIntent['grant'] {
  if (size === null || gas === null || reserve === null) return null
  return { size, gas, reserve }
}

function obstacleOf(row: Row, nowSeconds: number): QueuedIntent['obstacle'] {
  if (row.ended) return 'session_revoked'
  if (!row.packed) return 'internal'
  if (nowSeconds < Number(row.pausedUntil ?? 0)) return 'policy_paused'
  if (row.isPending) return row.grantError
  const isOver = nowSeconds >= Number(row.validUntil) && row.grantSize === null
  return isOver ? 'session_expired' : null
}
