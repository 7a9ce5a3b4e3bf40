import type { Hex } from 'viem'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import { releaseGas } from '../sponsor/change-budgets'

/** Anything that runs SQL with parameters and returns rows. */
type Client = {
  query<Row>(text: string, values: unknown[]): Promise<{ rows: Row[] }>
}

/** Rejects what is queued of sessions that have ended. @returns the news to push */
export async function cancelQueued(
  client: Client,
  sessionIds: readonly Hex[],
): Promise<RelayEvent[]> {
  const { rows } = await client.query<{
    id: Hex
    sessionId: Hex
    lane: string
    sequence: string
  }>(
    `WITH gone AS (
       UPDATE "Intent" SET status = 'rejected', reason = 'session_revoked', place = NULL, "settledAt" = now()
       WHERE "sessionId" = ANY($1) AND status = 'queued'
       RETURNING id, "sessionId", lane, sequence, gas),
     ${releaseGas('gone')}
     SELECT id, "sessionId", lane, sequence FROM gone`,
    [sessionIds],
  )
  const settledAtMs = Date.now()
  return rows.map(({ id, sessionId, lane, sequence }) => ({
    type: 'intent',
    ...{ id, sessionId, settledAtMs },
    lane: Number(lane),
    sequence: Number(sequence),
    status: 'rejected',
    reason: 'session_revoked',
  }))
}
