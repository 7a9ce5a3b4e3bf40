import type { Hex } from 'viem'
import { logger } from '../log/logger'
import type { RelayContext } from '../relay/relay-context'
import { recentlyActive } from './active-sessions'
import { compareSession, type Differences } from './compare-session'
import { readLast } from './mirror-blocks'
import { readSessions } from './read-sessions'
import { refreshSessions } from './refresh-sessions'
import { repairSession } from './repair-session'
import {
  loadStored,
  type SessionState,
  type StoredSession,
} from './stored-session'

/** Compares the database with the chain, some sessions each round. */
export type Checker = { round(): Promise<void> }

/** Sessions per round: marked ones, those active last, and the next of all. */
const MARKED = 20
const ACTIVE = 20
const SWEPT = 20
/** A session is compared when nothing of it is on its way, and nothing has moved for so long: then every block that moved it has been read. */
const QUIET_SECONDS = 2

/**
 * Finds sessions of which database and chain say otherwise, though nothing is on its way. One look is not believed: what
 * is found twice is recorded, logged, and brought to what the chain says; the mark goes when both agree again.
 */
export function createChecker(context: RelayContext): Checker {
  const suspects = new Map<Hex, string>()
  let cursor = ''
  let hashBefore = ''
  return {
    async round() {
      const last = await readLast(context.database)
      if (!last) return
      const isStill = last.hash === hashBefore
      hashBefore = last.hash
      // A mirror that stands still behind our own receipts tells of an old chain.
      if (isStill && (await isAhead(context, last.number))) return
      const marked = await findMarked(context)
      await refreshSessions(context, marked.undone)
      const swept = await findNext(context, cursor)
      cursor = swept.length === SWEPT ? (swept.at(-1) ?? '') : ''
      const ids = [...marked.found, ...recentlyActive(ACTIVE), ...swept]
      const sessions = await loadQuiet(context, [...new Set(ids)])
      const states = await readSessions(context, sessions, last.number)
      for (const [index, session] of sessions.entries()) {
        const state = states[index]
        if (state) await judge(context, suspects, session, state)
      }
    },
  }
}

/** Whether events of blocks are applied that the mirror has not come to. */
async function isAhead(
  { database }: RelayContext,
  number: bigint,
): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    'SELECT 1 FROM "ChainEvent" WHERE "blockNumber" > $1 LIMIT 1',
    [number.toString()],
  )
  return rowCount !== 0
}

async function findMarked({ database }: RelayContext) {
  const { rows } = await database.pool.query<{ id: Hex; isUndone: boolean }>(
    `SELECT id, disagreement ? 'undone' AS "isUndone" FROM "Session" WHERE "disagreesSince" IS NOT NULL
     ORDER BY "disagreesSince" LIMIT ${MARKED}`,
  )
  const pick = (isUndone: boolean) =>
    rows.filter((row) => row.isUndone === isUndone).map(({ id }) => id)
  return { undone: pick(true), found: pick(false) }
}

async function findNext(
  { database }: RelayContext,
  cursor: string,
): Promise<Hex[]> {
  const { rows } = await database.pool.query<{ id: Hex }>(
    `SELECT id FROM "Session" WHERE id > $1 ORDER BY id LIMIT ${SWEPT}`,
    [cursor],
  )
  return rows.map(({ id }) => id)
}

/** Those of the sessions of which nothing is on its way. */
async function loadQuiet(
  { database }: RelayContext,
  ids: readonly Hex[],
): Promise<StoredSession[]> {
  const { rows } = await database.pool.query<{ id: Hex }>(
    `SELECT id FROM "Session" s WHERE id = ANY($1)
       AND ("lastActivityAt" IS NULL OR "lastActivityAt" < now() - interval '${QUIET_SECONDS} s')
       AND NOT EXISTS (SELECT 1 FROM "Intent" i WHERE i."sessionId" = s.id AND i.status IN ('queued', 'submitted'))`,
    [ids],
  )
  return loadStored(
    database.pool,
    rows.map(({ id }) => id),
  )
}

async function judge(
  context: RelayContext,
  suspects: Map<Hex, string>,
  session: StoredSession,
  state: SessionState,
): Promise<void> {
  const { id } = session
  const found = compareSession(session.state, state)
  if (Object.keys(found).length === 0) {
    suspects.delete(id)
    return unmark(context, id)
  }
  const text = JSON.stringify(found)
  if (suspects.get(id) !== text) return void suspects.set(id, text)
  suspects.delete(id)
  await mark(context, id, found)
  logger.error(
    { sessionId: id, fields: Object.keys(found) },
    'database disagrees with chain',
  )
  await repairSession(context, session, state)
}

async function mark(
  { database }: RelayContext,
  id: Hex,
  found: Differences,
): Promise<void> {
  await database.pool.query(
    `UPDATE "Session" SET "disagreesSince" = COALESCE("disagreesSince", now()), disagreement = $2 WHERE id = $1`,
    [id, JSON.stringify(found)],
  )
}

async function unmark({ database }: RelayContext, id: Hex): Promise<void> {
  const { rowCount } = await database.pool.query(
    `UPDATE "Session" SET "disagreesSince" = NULL, disagreement = NULL
     WHERE id = $1 AND "disagreesSince" IS NOT NULL AND NOT disagreement ? 'undone'`,
    [id],
  )
  if (rowCount) logger.info({ sessionId: id }, 'database and chain agree again')
}
