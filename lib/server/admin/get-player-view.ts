import type { Address } from 'viem'
import type { Actor } from '@/lib/auth/roles'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import type { AdminSessionView, PlayerView } from '@/lib/session/admin-view'
import type { SessionView } from '@/lib/session/session-view'
import { getDeployment } from '../chain/deployment'
import { getChainClient } from '../chain/server-chain'
import { getDatabase } from '../db/database'
import { findIntentViews } from '../session/list-intents'
import { listSessionsOfAccount } from '../session/list-sessions'
import { findAuditRows } from './list-audit'
import { requireAdminRole } from './require-admin-role'

/** Sessions that are compared with the chain while the page is made. */
const COMPARED_MAX = 12

/**
 * One player with sessions, newest intents and audit lines; found by account or owner.
 * @throws PlaykeyError `not_found` unless the actor is an admin
 */
export async function getPlayerView(
  actor: Actor,
  address: Address,
): Promise<PlayerView | null> {
  requireAdminRole(actor)
  const { prisma } = getDatabase()
  const account = await prisma.account.findFirst({
    where: { OR: [{ address }, { ownerAddress: address }] },
  })
  if (!account) return null
  const sessions = await listSessionsOfAccount(account.address as Address)
  const ids = sessions.map(({ id }) => id)
  const [withStaffFacts, intents, audit] = await Promise.all([
    addStaffFacts(sessions),
    findIntentViews({ sessionId: { in: ids } }, 50),
    findAuditRows({ subject: { in: ids } }, 50),
  ])
  return {
    account: account.address as Address,
    ownerAddress: account.ownerAddress as Address | null,
    deployed: account.deployedAt !== null,
    createdAt: account.createdAt.toISOString(),
    ...{ sessions: withStaffFacts, intents, audit },
  }
}

async function addStaffFacts(
  sessions: SessionView[],
): Promise<AdminSessionView[]> {
  const ids = sessions.map(({ id }) => id)
  const { prisma } = getDatabase()
  const [rows, tasks] = await Promise.all([
    prisma.session.findMany({
      where: { id: { in: ids } },
      select: { id: true, revokeRequestedAt: true },
    }),
    prisma.relayTask.findMany({
      where: { subject: { in: ids }, kind: 'revoke', status: 'failed' },
      select: { subject: true, error: true },
    }),
  ])
  return Promise.all(
    sessions.map(async (session, index) => ({
      ...session,
      revokeRequestedAt:
        rows
          .find(({ id }) => id === session.id)
          ?.revokeRequestedAt?.toISOString() ?? null,
      revokeError:
        session.status === 'revoked'
          ? null
          : (tasks.find(({ subject }) => subject === session.id)?.error ??
            null),
      disagreement:
        index < COMPARED_MAX ? await compareWithChain(session) : null,
    })),
  )
}

/** What the chain says differently, in a sentence. Differences that are still on their way are none. */
async function compareWithChain(session: SessionView): Promise<string | null> {
  const { queued, submitted } = session.intents
  if (queued + submitted > 0) return null
  const record = await getChainClient()
    .readContract({
      address: getDeployment().sessionManager,
      abi: sessionManagerAbi,
      functionName: 'sessionOf',
      args: [session.id],
    })
    .catch(() => null)
  if (!record) return 'The chain did not answer.'
  const status = (['pending', 'active', 'revoked'] as const)[record.status]
  if (status !== session.status)
    return `The chain says ${status}, the database says ${session.status}.`
  if (status === 'active' && record.validUntil !== session.validUntil)
    return 'The chain ends it at another time than the database.'
  const isSame = session.usage.cells.every(
    (count, cell) => count === record.cells[cell],
  )
  return isSame ? null : 'The chain counts other uses than the database.'
}
