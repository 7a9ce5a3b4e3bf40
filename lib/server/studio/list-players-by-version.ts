import type { Address, Hex } from 'viem'
import type { VersionPlayerView } from '@/lib/policy/studio-view'
import { getDatabase } from '../db/database'

const PLAYERS_MAX = 200

type PlayerRow = {
  policyId: string
  version: number
  account: string
  ownerAddress: string | null
  active: string
  calls: string | null
  lastActivityAt: Date | null
}

/** Who plays under which version: latest activity first, at most 200. */
export async function listPlayersByVersion(
  policyIds: string[],
  nowSeconds: number,
): Promise<VersionPlayerView[]> {
  const { rows } = await getDatabase().pool.query<PlayerRow>(
    `SELECT t.*, p.version, a."ownerAddress",
       (SELECT sum(s.cells[at]) FROM "Session" s, unnest(s."callCells") AS at
        WHERE s."policyId" = t."policyId" AND s."accountAddress" = t.account) AS calls
     FROM (
       SELECT "policyId", "accountAddress" AS account, max("lastActivityAt") AS "lastActivityAt",
         count(*) FILTER (WHERE status = 'active' AND "revokeRequestedAt" IS NULL AND "validUntil" > $2) AS active
       FROM "Session" WHERE "policyId" = ANY($1)
       GROUP BY "policyId", "accountAddress"
       ORDER BY 3 DESC NULLS LAST LIMIT ${PLAYERS_MAX}) t
     JOIN "Policy" p ON p.id = t."policyId"
     JOIN "Account" a ON a.address = t.account
     ORDER BY t."lastActivityAt" DESC NULLS LAST`,
    [policyIds, nowSeconds],
  )
  return rows.map((row) => ({
    policyId: row.policyId as Hex,
    version: row.version,
    account: row.account as Address,
    ownerAddress: row.ownerAddress as Address | null,
    activeSessions: Number(row.active),
    calls: Number(row.calls ?? 0),
    lastActivityAt: row.lastActivityAt?.toISOString() ?? null,
  }))
}

/** Sessions of each version: those that may play now, and all. */
export async function countSessions(
  policyIds: string[],
  nowSeconds: number,
): Promise<Map<string, { activeSessions: number; totalSessions: number }>> {
  const { rows } = await getDatabase().pool.query<{
    policyId: string
    active: string
    total: string
  }>(
    `SELECT "policyId", count(*) AS total,
       count(*) FILTER (WHERE status = 'active' AND "revokeRequestedAt" IS NULL AND "validUntil" > $2) AS active
     FROM "Session" WHERE "policyId" = ANY($1) GROUP BY "policyId"`,
    [policyIds, nowSeconds],
  )
  return new Map(
    rows.map((row) => [
      row.policyId,
      {
        activeSessions: Number(row.active),
        totalSessions: Number(row.total),
      },
    ]),
  )
}
