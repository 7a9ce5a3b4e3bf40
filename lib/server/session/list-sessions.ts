import type { Address, Hex } from 'viem'
import type { Actor } from '@/lib/auth/roles'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { SessionView } from '@/lib/session/session-view'
import { readChainSeconds } from '../chain/clock'
import { readFinalNumber } from '../chain/read-final'
import { getDatabase, type Prisma } from '../db/database'
import { sessionInclude, toSessionView } from './to-session-view'

/** Sessions of the actor's own account, newest first, at most 100. */
export function listSessionsOfPlayer(actor: Actor): Promise<SessionView[]> {
  return findSessionViews({ account: { ownerAddress: actor.address } })
}

/** Sessions of any account: what the chain tells everyone. Newest first, at most 100. */
export function listSessionsOfAccount(
  account: Address,
): Promise<SessionView[]> {
  return findSessionViews({ accountAddress: account })
}

/** One session, or null. Who may see it is the caller's to decide. */
export async function findSessionView(id: Hex): Promise<SessionView | null> {
  const [view] = await findSessionViews({ id })
  return view ?? null
}

/** One session. @throws PlaykeyError `session_unknown` */
export async function getSessionView(id: Hex): Promise<SessionView> {
  const view = await findSessionView(id)
  if (!view) throw new PlaykeyError('session_unknown')
  return view
}

/** The actor's newest session of a game that has not ended; null when there is none. */
export async function findCurrentSession(
  actor: Actor,
  gameSlug: string,
): Promise<SessionView | null> {
  const views = await findSessionViews(
    {
      account: { ownerAddress: actor.address },
      policy: { game: { slug: gameSlug } },
    },
    5,
  )
  return (
    views.find(({ state }) => state !== 'expired' && state !== 'revoked') ??
    views[0] ??
    null
  )
}

async function findSessionViews(
  where: Prisma.SessionWhereInput,
  take = 100,
): Promise<SessionView[]> {
  const database = getDatabase()
  const [rows, nowSeconds] = await Promise.all([
    database.prisma.session.findMany({
      where,
      include: sessionInclude,
      orderBy: { createdAt: 'desc' },
      take,
    }),
    readChainSeconds(database),
  ])
  const counts = await countIntents(rows.map(({ id }) => id))
  return rows.map((row) =>
    toSessionView(row, counts.get(row.id) ?? noIntents(), nowSeconds),
  )
}

/** Intents of each session by status. */
export async function countIntents(
  sessionIds: string[],
): Promise<Map<string, SessionView['intents']>> {
  const database = getDatabase()
  const { intent } = database.prisma
  const finalNumber = await readFinalNumber(database)
  const [groups, included] = await Promise.all([
    intent.groupBy({
      by: ['sessionId', 'status'],
      where: { sessionId: { in: sessionIds } },
      _count: true,
    }),
    intent.groupBy({
      by: ['sessionId'],
      where: {
        sessionId: { in: sessionIds },
        blockNumber: { gt: finalNumber },
      },
      _count: true,
    }),
  ])
  const counts = new Map<string, SessionView['intents']>()
  for (const { sessionId, status, _count } of groups) {
    const entry = counts.get(sessionId) ?? noIntents()
    entry[status] = _count
    counts.set(sessionId, entry)
  }
  for (const { sessionId, _count } of included) {
    const entry = counts.get(sessionId)
    if (entry) entry.included = _count
  }
  return counts
}

function noIntents(): SessionView['intents'] {
  return {
    ...{ queued: 0, submitted: 0, confirmed: 0, reverted: 0, rejected: 0 },
    included: 0,
  }
}
