import { channels } from '../db/channels'
import type { RelayContext } from '../relay/relay-context'
import { type BlockHeader, readHeaders } from './read-blocks'

// What is final stays final: only an undone block takes it back. The streams are told once, whoever waits for it.
const statement = `
  WITH before AS (SELECT "finalNumber" AS number FROM "ChainHead" WHERE id = 1),
  stored AS (
    INSERT INTO "ChainHead" AS h (id, number, hash, timestamp, "aheadSeconds", "finalNumber", "seenAt")
    VALUES (1, $1, $2, $3, $4, $5, now())
    ON CONFLICT (id) DO UPDATE SET number = $1, hash = $2, timestamp = $3, "aheadSeconds" = $4, "seenAt" = now(),
      "finalNumber" = GREATEST(h."finalNumber", $5)
    RETURNING "finalNumber")
  SELECT pg_notify('${channels.event}',
    json_build_array(json_build_object('type', 'final', 'blockNumber', "finalNumber"))::text)
  FROM stored WHERE "finalNumber" >= 0 AND "finalNumber" > COALESCE((SELECT number FROM before), -1)`

/** Seconds by which blocks run ahead of the wall clock. */
export function aheadOf(head: BlockHeader): number {
  return Math.max(0, Math.ceil(Number(head.timestamp) - Date.now() / 1000))
}

/** Stores the newest block whose events are applied, with the chain's clock and what is final, for the web processes. */
export async function noteHead(
  context: RelayContext,
  head: BlockHeader,
): Promise<void> {
  const final = await readFinal(context, head)
  await context.database.pool.query({
    name: 'note-head',
    text: statement,
    values: [
      head.number.toString(),
      head.hash,
      head.timestamp.toString(),
      aheadOf(head),
      final.toString(),
    ],
  })
}

/** Number of the newest final block; -1 when there is none, or the node does not say. */
async function readFinal(
  context: RelayContext,
  head: BlockHeader,
): Promise<bigint> {
  const { finalityBlocks } = context
  if (finalityBlocks !== undefined) {
    const final = head.number - BigInt(finalityBlocks)
    return final < 0n ? -1n : final
  }
  const [final] = await readHeaders(context, ['finalized'])
  if (!final) return -1n
  // Another node may have answered, which is further than the one that told the head.
  if (final.number > head.number) return head.number
  return final.number
}
