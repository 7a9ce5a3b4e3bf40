import type { Hex } from 'viem'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import { getDatabase } from '../db/database'
import { describeRevoker } from './describe-revoker'
import { grantErrorOf, waitingGrants } from './waiting-grants'

const EVENTS_MAX = 500

/** What happened to a session since `sinceMs` (unix milliseconds), oldest first, and how it stands now: for streams that missed something. */
export async function listEventsSince(
  sessionId: Hex,
  sinceMs: number,
): Promise<RelayEvent[]> {
  const { prisma } = getDatabase()
  const [intents, session] = await Promise.all([
    prisma.intent.findMany({
      where: { sessionId, settledAt: { gte: new Date(sinceMs) } },
      orderBy: { settledAt: 'desc' },
      take: EVENTS_MAX,
    }),
    prisma.session.findUnique({
      where: { id: sessionId },
      include: { policy: true, ...waitingGrants },
    }),
  ])
  const events: RelayEvent[] = intents.reverse().map((intent) => ({
    type: 'intent',
    id: intent.id as Hex,
    sessionId,
    lane: Number(intent.lane),
    sequence: Number(intent.sequence),
    status: intent.status,
    reason: intent.reason,
    txHash: intent.txHash as Hex | null,
    blockNumber:
      intent.blockNumber === null ? null : Number(intent.blockNumber),
    settledAtMs: intent.settledAt?.getTime() ?? null,
  }))
  if (!session) return events
  const isEnding =
    session.revokeRequestedAt !== null && session.status !== 'revoked'
  const grantError = grantErrorOf(session)
  events.push({
    type: 'session',
    sessionId,
    status: isEnding ? 'revoking' : grantError ? 'failed' : session.status,
    reason: session.revokedReason ?? grantError,
    revokedBy: describeRevoker(session),
    validUntil: Number(session.validUntil),
  })
  if (session.policy)
    events.push({
      type: 'policy',
      policyId: session.policy.id as Hex,
      pausedUntil: Number(session.policy.pausedUntil),
    })
  return events
}
