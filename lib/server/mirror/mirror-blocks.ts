import type { Hex } from 'viem'
import type { Database } from '../db/database'
import type { Checkpoint } from './locate-mirror'

/** The newest blocks are all kept. */
const KEPT = 512
/** Of those before, every so many-th: how the mirror finds its way after the deepest re-organisation. */
const KEPT_EVERY = 256

/** The newest block that was read; null when none was. */
export async function readLast({ pool }: Database): Promise<Checkpoint | null> {
  const { rows } = await pool.query<{ number: string; hash: Hex }>({
    name: 'last-mirror-block',
    text: 'SELECT number, hash FROM "MirrorBlock" ORDER BY number DESC LIMIT 1',
  })
  const [row] = rows
  return row ? { number: BigInt(row.number), hash: row.hash } : null
}

/** Remembers blocks whose events are applied. */
export async function storeCheckpoints(
  { pool }: Database,
  blocks: readonly Checkpoint[],
): Promise<void> {
  if (blocks.length === 0) return
  await pool.query({
    name: 'store-checkpoints',
    text: `
      WITH stored AS (
        INSERT INTO "MirrorBlock" (number, hash) SELECT * FROM unnest($1::bigint[], $2::text[])
        ON CONFLICT (number) DO UPDATE SET hash = EXCLUDED.hash)
      DELETE FROM "MirrorBlock" WHERE number > $3::bigint - ${2 * KEPT} AND number <= $3::bigint - ${KEPT}
        AND number % ${KEPT_EVERY} <> 0`,
    values: [
      blocks.map(({ number }) => number.toString()),
      blocks.map(({ hash }) => hash),
      blocks.at(-1)?.number.toString(),
    ],
  })
}

/** The lowest block after `after` of which events were applied though another block is at its height; null when there is none. */
export async function findLostBlock(
  { pool }: Database,
  after: bigint,
): Promise<bigint | null> {
  const { rows } = await pool.query<{ number: string | null }>({
    name: 'lost-block',
    // Two looks into the index for each block, however many events it has.
    text: `
      SELECT min(b.number) AS number FROM "MirrorBlock" b
      WHERE b.number > $1 AND (
        EXISTS (SELECT FROM "ChainEvent" e WHERE e."blockNumber" = b.number AND e."blockHash" < b.hash) OR
        EXISTS (SELECT FROM "ChainEvent" e WHERE e."blockNumber" = b.number AND e."blockHash" > b.hash))`,
    values: [after.toString()],
  })
  const number = rows[0]?.number ?? null
  return number === null ? null : BigInt(number)
}
