import type { Address } from 'viem'
import type { Actor } from '@/lib/auth/roles'
import type { Page, PlayerRow } from '@/lib/session/admin-view'
import { readChainSeconds } from '../chain/clock'
import { getDatabase } from '../db/database'
import { pageNumber } from './page-number'
import { requireAdminRole } from './require-admin-role'

const PAGE_SIZE = 25
const COUNT_MAX = 10_000

type Row = {
  address: string
  ownerAddress: string | null
  deployedAt: Date | null
  createdAt: Date
  lastActivityAt: Date
  active: string
  total: string
  calls: string
}

/**
 * Players by latest activity. `query` matches the start of an account's or owner's address.
 * @throws PlaykeyError `not_found` unless the actor is an admin
 */
export async function listPlayers(
  actor: Actor,
  input: { query?: string | undefined; page?: number | undefined } = {},
): Promise<Page<PlayerRow>> {
  requireAdminRole(actor)
  const database = getDatabase()
  const page = pageNumber(input.page)
  const query = (input.query ?? '').trim().toLowerCase()
  const pattern = `${query.replace(/[^0-9a-fx]/g, '').slice(0, 42)}%`
  const where =
    query === ''
      ? '$1::text IS NOT NULL'
      : `(lower(a.address) LIKE $1 OR lower(a."ownerAddress") LIKE $1)`
  const nowSeconds = await readChainSeconds(database)
  const [rows, count] = await Promise.all([
    database.pool.query<Row>(
      `SELECT a.*, s.active, s.total, u.calls FROM (
         SELECT address, "ownerAddress", "deployedAt", "createdAt", "lastActivityAt"
         FROM "Account" a WHERE ${where}
         ORDER BY "lastActivityAt" DESC, address LIMIT $2 OFFSET $3) a
       CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE status = 'active' AND "revokeRequestedAt" IS NULL AND "validUntil" > $4) AS active,
                count(*) AS total
         FROM "Session" WHERE "accountAddress" = a.address) s
       CROSS JOIN LATERAL (
         SELECT COALESCE(sum(cells[at]), 0) AS calls
         FROM "Session", unnest("callCells") AS at WHERE "accountAddress" = a.address) u
       ORDER BY a."lastActivityAt" DESC, a.address`,
      [pattern, PAGE_SIZE + 1, (page - 1) * PAGE_SIZE, nowSeconds],
    ),
    database.pool.query<{ count: string }>(
      `SELECT count(*) FROM (SELECT 1 FROM "Account" a WHERE ${where} LIMIT ${COUNT_MAX}) AS counted`,
      [pattern],
    ),
  ])
  return {
    items: rows.rows.slice(0, PAGE_SIZE).map(toPlayerRow),
    page,
    pageSize: PAGE_SIZE,
    total: Number(count.rows[0]?.count ?? 0),
    hasNext: rows.rows.length > PAGE_SIZE,
  }
}

function toPlayerRow(row: Row): PlayerRow {
  return {
    account: row.address as Address,
    ownerAddress: row.ownerAddress as Address | null,
    deployed: row.deployedAt !== null,
    activeSessions: Number(row.active),
    totalSessions: Number(row.total),
    calls: Number(row.calls),
    lastActivityAt: row.lastActivityAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
  }
}
