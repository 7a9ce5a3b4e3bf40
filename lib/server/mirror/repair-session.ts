import type { PoolClient } from 'pg'
import type { Hex } from 'viem'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import { notifyEvents } from '../relay/notify-events'
import type { RelayContext } from '../relay/relay-context'
import { cancelQueued } from './cancel-queued'
import { isSame, writeCounters } from './refresh-sessions'
import { runTransaction } from './run-transaction'
import {
  lockStored,
  type SessionState,
  type StoredSession,
} from './stored-session'

/** Brings what the chain decides of a session to what the chain says, unless it has moved since it was compared. */
export async function repairSession(
  { database }: RelayContext,
  before: StoredSession,
  state: SessionState,
): Promise<void> {
  await runTransaction(database, async (client) => {
    const [now] = await lockStored(client, [before.id])
    if (!now || !isSame(now, before)) return
    await writeCounters(client, before.id, state)
    await writeStanding(client, before.id, state)
    await notifyEvents(client, await newsOf(client, before, state))
  })
}

/** Status and window; what only a status has goes with it. */
async function writeStanding(
  client: PoolClient,
  id: Hex,
  { status, validAfter, validUntil }: SessionState,
): Promise<void> {
  await client.query(
    `UPDATE "Session" s SET status = $2::"SessionStatus", "admitVersion" = "admitVersion" + 1,
       "validAfter" = COALESCE($3, "validAfter"),
       "validUntil" = COALESCE($4, CASE WHEN $2::text = 'pending' THEN (
         SELECT min(g."validUntil") FROM "SessionGrant" g WHERE g."sessionId" = s.id) END, "validUntil"),
       "activatedAt" = CASE WHEN $2::text <> 'pending' THEN COALESCE("activatedAt", now()) END,
       "activatedTxHash" = CASE WHEN $2::text <> 'pending' THEN "activatedTxHash" END,
       "revokedAt" = CASE WHEN $2::text = 'revoked' THEN COALESCE("revokedAt", now()) END,
       "revokedTxHash" = CASE WHEN $2::text = 'revoked' THEN "revokedTxHash" END,
       "revokedBy" = CASE WHEN $2::text = 'revoked' THEN "revokedBy" END
     WHERE id = $1`,
    [id, status, validAfter, validUntil],
  )
}

async function newsOf(
  client: PoolClient,
  { id, state: before }: StoredSession,
  { status, validUntil }: SessionState,
): Promise<RelayEvent[]> {
  const news: RelayEvent = {
    ...{ type: 'session', sessionId: id, status },
    validUntil,
  }
  if (status !== 'revoked' || before.status === 'revoked') return [news]
  return [news, ...(await cancelQueued(client, [id]))]
}
