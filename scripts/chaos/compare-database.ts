import type pg from 'pg'
import type { Hex } from 'viem'
import type { ChainClient } from '@/lib/server/chain/chain-client'
import { inParallel } from './in-parallel'
import { readSession, type Truth } from './truth'

/** Where database and chain disagree, one sentence each. */
export async function findDisagreements(
  pool: pg.Pool,
  client: ChainClient,
  truth: Truth,
): Promise<string[]> {
  return [
    ...(await compareSessions(pool, client)),
    ...(await compareIntents(pool, truth)),
    ...(await findUnfinished(pool)),
  ]
}

const statuses = ['pending', 'active', 'revoked']

async function compareSessions(
  pool: pg.Pool,
  client: ChainClient,
): Promise<string[]> {
  const { rows } = await pool.query<{
    id: Hex
    status: string
    nextSequence: string
    cells: number[]
  }>('SELECT id, status, "nextSequence", cells FROM "Session"')
  const found = await inParallel(rows, async (row) => {
    const { id, status, nextSequence, cells } = row
    const record = await readSession(client, id)
    const here = `${status} ${nextSequence} ${cells}`
    const there = `${statuses[record.status]} ${record.nextSequence} ${record.cells}`
    return here === there
      ? []
      : [`session ${id}: database ${here}, chain ${there}`]
  })
  return found.flat()
}

async function compareIntents(
  pool: pg.Pool,
  { executions }: Truth,
): Promise<string[]> {
  const { rows } = await pool.query<{ key: string }>(
    `SELECT "sessionId" || ':' || lane || ':' || sequence || ':' || status || ':' || "txHash" || ':' || "blockNumber" AS key
     FROM "Intent" WHERE status IN ('confirmed', 'reverted')`,
  )
  const here = new Set(rows.map(({ key }) => key))
  const there = new Set(
    executions.map(
      ({ sessionId, lane, sequence, isSuccess, txHash, blockNumber }) =>
        `${sessionId}:${lane}:${sequence}:${isSuccess ? 'confirmed' : 'reverted'}:${txHash}:${blockNumber}`,
    ),
  )
  return [
    ...[...here]
      .filter((key) => !there.has(key))
      .map((key) => `only the database has ${key}`),
    ...[...there]
      .filter((key) => !here.has(key))
      .map((key) => `only the chain has ${key}`),
  ]
}

async function findUnfinished(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ what: string }>(
    `SELECT 'intent ' || id || ' is ' || status AS what FROM "Intent" WHERE status IN ('queued', 'submitted')
     UNION ALL SELECT 'task ' || id || ' is ' || status FROM "RelayTask" WHERE status IN ('queued', 'submitted')
     UNION ALL SELECT 'transaction ' || id || ' is prepared' FROM "RelayTransaction" WHERE state = 'prepared'`,
  )
  return rows.map(({ what }) => what)
}
