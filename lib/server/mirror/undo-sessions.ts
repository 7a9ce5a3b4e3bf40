import type { PoolClient } from 'pg'
import type { Hex } from 'viem'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import { decodeGrantedArgs } from './decode-granted'

type UndoneEvent = { name: string; subject: Hex }

type SessionRow = {
  id: Hex
  status: 'pending' | 'active' | 'revoked'
  /** End of the first grant that was signed here; null when none was. */
  firstUntil: string | null
  hasIntents: boolean
  /** Arguments of the last grant on chain that is left, and where the first was. */
  granted: Record<string, string> | null
  activatedTxHash: Hex | null
  isRevoked: boolean
}

/** Sessions as the events that are left have them. */
const statement = `
  SELECT s.id, s.status::text,
    (SELECT g."validUntil"::text FROM "SessionGrant" g WHERE g."sessionId" = s.id ORDER BY g."validUntil" LIMIT 1)
      AS "firstUntil",
    EXISTS (SELECT 1 FROM "Intent" i WHERE i."sessionId" = s.id) AS "hasIntents",
    (SELECT e.args FROM "ChainEvent" e WHERE e.subject = s.id AND e.name = 'SessionGranted'
      ORDER BY e."blockNumber" DESC, e."logIndex" DESC LIMIT 1) AS granted,
    (SELECT e."txHash" FROM "ChainEvent" e WHERE e.subject = s.id AND e.name = 'SessionGranted'
      ORDER BY e."blockNumber", e."logIndex" LIMIT 1) AS "activatedTxHash",
    EXISTS (SELECT 1 FROM "ChainEvent" e WHERE (e.subject = s.id AND e.name = 'SessionRevoked')
      OR (e.subject = s."accountAddress" AND e.name = 'EpochBumped' AND (e.args->>'epoch')::bigint > s.epoch))
      AS "isRevoked"
  FROM "Session" s WHERE s.id = ANY($1) ORDER BY s.id FOR NO KEY UPDATE`

/**
 * Takes sessions back to what the events that are left say, and marks them: their counters have to be read again.
 * Sessions that only those events had told of are forgotten.
 * @param events What is not about intents; gone already.
 * @param players Sessions with intents in the undone blocks.
 * @returns the sessions that stay, and the news to push
 */
export async function undoSessions(
  client: PoolClient,
  events: readonly UndoneEvent[],
  players: readonly Hex[],
): Promise<{ ids: Hex[]; news: RelayEvent[] }> {
  const ids = new Set([...players, ...(await findSubjects(client, events))])
  await client.query(
    `UPDATE "SessionGrant" SET error = NULL WHERE "sessionId" = ANY($1) AND error IS NOT NULL`,
    [subjectsOf(events, ['GrantRejected'])],
  )
  const { rows } = await client.query<SessionRow>(statement, [[...ids]])
  const stay: SessionRow[] = []
  for (const row of rows)
    if (isForgotten(row)) await forget(client, row.id)
    else stay.push(row)
  for (const row of stay) await restore(client, row)
  await forgetAccounts(client, [...ids])
  return { ids: stay.map(({ id }) => id), news: stay.flatMap(toNews) }
}

/** Nobody signed it here and no block that is left has it. */
function isForgotten(row: SessionRow): boolean {
  return row.firstUntil === null && row.granted === null && !row.hasIntents
}

async function findSubjects(
  client: PoolClient,
  events: readonly UndoneEvent[],
): Promise<Hex[]> {
  const direct = subjectsOf(events, [
    ...['SessionGranted', 'SessionRevoked', 'GrantRejected'],
  ])
  const { rows } = await client.query<{ id: Hex }>(
    'SELECT id FROM "Session" WHERE "accountAddress" = ANY($1)',
    [subjectsOf(events, ['EpochBumped'])],
  )
  return [...direct, ...rows.map(({ id }) => id)]
}

function subjectsOf(events: readonly UndoneEvent[], names: string[]): Hex[] {
  return events.flatMap(({ name, subject }) =>
    names.includes(name) ? [subject] : [],
  )
}

async function forget(client: PoolClient, id: Hex): Promise<void> {
  for (const table of ['SessionLane', 'SessionMeter', 'SessionPlay'])
    await client.query(`DELETE FROM "${table}" WHERE "sessionId" = $1`, [id])
  await client.query('DELETE FROM "Session" WHERE id = $1', [id])
}

async function restore(client: PoolClient, row: SessionRow): Promise<void> {
  const granted = row.granted && decodeGrantedArgs(row.granted)
  await client.query(
    `UPDATE "Session" SET status = $2::"SessionStatus", "validAfter" = COALESCE($3, "validAfter"),
       "validUntil" = COALESCE($4, "validUntil"), "activatedTxHash" = $5,
       "activatedAt" = CASE WHEN $5::text IS NOT NULL THEN "activatedAt" END,
       "revokedAt" = CASE WHEN $6 THEN "revokedAt" END, "revokedTxHash" = CASE WHEN $6 THEN "revokedTxHash" END,
       "revokedBy" = CASE WHEN $6 THEN "revokedBy" END, "disagreesSince" = now(), disagreement = '{"undone": []}'
     WHERE id = $1`,
    [
      ...[row.id, statusOf(row), granted?.validAfter ?? null],
      ...[granted?.validUntil ?? row.firstUntil],
      ...[row.activatedTxHash, row.isRevoked],
    ],
  )
}

function statusOf({ isRevoked, granted }: SessionRow): SessionRow['status'] {
  if (isRevoked) return 'revoked'
  return granted ? 'active' : 'pending'
}

function toNews(row: SessionRow): RelayEvent[] {
  const status = statusOf(row)
  if (status === row.status) return []
  return [{ type: 'session', sessionId: row.id, status }]
}

/** Accounts of which no grant is on chain any more: those do not exist yet. */
async function forgetAccounts(client: PoolClient, ids: Hex[]): Promise<void> {
  await client.query(
    `UPDATE "Account" a SET "deployedAt" = NULL
     WHERE a.address IN (SELECT "accountAddress" FROM "Session" WHERE id = ANY($1)) AND a."deployedAt" IS NOT NULL
       AND NOT EXISTS (
         SELECT 1 FROM "Session" s WHERE s."accountAddress" = a.address AND s."activatedTxHash" IS NOT NULL)`,
    [ids],
  )
}
