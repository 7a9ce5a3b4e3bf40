import type { Address } from 'viem'
import type { Database } from '../../db/database'
import { type Fence, holdsLease, LeaseLost } from '../lease/fence'

/** Highest nonce that a stored transaction of the key holds; -1 when none does. */
export async function findHighestHeld(
  { pool }: Database,
  signer: Address,
): Promise<number> {
  const { rows } = await pool.query<{ nonce: number | null }>(
    'SELECT max(nonce) AS nonce FROM "RelayTransaction" WHERE signer = $1 AND slot IS NOT NULL',
    [signer],
  )
  return rows[0]?.nonce ?? -1
}

/** Nonces from `from` to `to` (exclusive) that a transaction holds which is still to be mined. */
export async function findWaiting(
  { pool }: Database,
  signer: Address,
  from: number,
  to: number,
): Promise<ReadonlySet<number>> {
  const { rows } = await pool.query<{ nonce: number }>(
    `SELECT nonce FROM "RelayTransaction"
     WHERE signer = $1 AND state = 'prepared' AND nonce >= $2 AND nonce < $3`,
    [signer, from, to],
  )
  return new Set(rows.map(({ nonce }) => nonce))
}

/** Whether a transaction of the key waits to be mined. */
export async function hasPrepared(
  { pool }: Database,
  signer: Address,
): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'has-prepared',
    text: `SELECT 1 FROM "RelayTransaction" WHERE signer = $1 AND state = 'prepared' LIMIT 1`,
    values: [signer],
  })
  return rowCount === 1
}

/**
 * Lets go of nonces that ended transactions hold though the chain has not used them: it knows less than it did, or the
 * counter was wrong. Without this nothing could ever fill the gap. @throws LeaseLost
 */
export async function freeNonces(
  { pool }: Database,
  fence: Fence,
  signer: Address,
  from: number,
): Promise<number> {
  const { rows } = await pool.query<{ held: number; freed: number }>(
    `WITH lease AS MATERIALIZED (${holdsLease('$3', '$4')}),
     freed AS (
       UPDATE "RelayTransaction" SET slot = NULL
       WHERE signer = $1 AND nonce >= $2 AND slot IS NOT NULL AND state <> 'prepared' AND EXISTS (SELECT FROM lease)
       RETURNING id)
     SELECT (SELECT count(*) FROM lease)::int AS held, (SELECT count(*) FROM freed)::int AS freed`,
    [signer, from, fence.name, fence.fence.toString()],
  )
  if (rows[0]?.held !== 1) throw new LeaseLost(fence.name)
  return rows[0].freed
}
