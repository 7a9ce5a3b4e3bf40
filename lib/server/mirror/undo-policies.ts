import type { PoolClient } from 'pg'
import type { Hex } from 'viem'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import { PAUSED_FOR_EVER } from './apply-event'

/**
 * Takes policies back to what the events that are left say.
 * @param events What is not about intents; gone already.
 * @returns the news to push
 */
export async function undoPolicies(
  client: PoolClient,
  events: readonly { name: string; subject: Hex }[],
): Promise<RelayEvent[]> {
  const ids = events.flatMap(({ name, subject }) =>
    name.startsWith('Policy') ? [subject] : [],
  )
  if (ids.length === 0) return []
  const { rows } = await client.query<{ id: Hex; pausedUntil: string }>(
    `UPDATE "Policy" p SET
       status = CASE WHEN n.published IS NOT NULL THEN 'published' WHEN p.status = 'published' THEN 'publishing'
         ELSE p.status::text END::"PolicyStatus",
       "publishedTxHash" = n.published, "pausedUntil" = COALESCE(n.paused, 0)
     FROM (
       SELECT id,
         (SELECT "txHash" FROM "ChainEvent" e WHERE e.subject = id AND e.name = 'PolicyPublished' LIMIT 1) AS published,
         (SELECT CASE e.name WHEN 'PolicyPaused' THEN ${PAUSED_FOR_EVER} ELSE (e.args->>'pausedUntil')::bigint END
          FROM "ChainEvent" e WHERE e.subject = id AND e.name IN ('PolicyPaused', 'PolicyUnpaused')
          ORDER BY e."blockNumber" DESC, e."logIndex" DESC LIMIT 1) AS paused
       FROM unnest($1::text[]) AS id) AS n
     WHERE p.id = n.id RETURNING p.id, p."pausedUntil"`,
    [[...new Set(ids)]],
  )
  return rows.map(({ id, pausedUntil }) => ({
    type: 'policy',
    policyId: id,
    pausedUntil: Number(pausedUntil),
  }))
}
