import type { Hex } from 'viem'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import type { RelayContext } from '../relay/relay-context'
import { changeBudgets } from '../sponsor/change-budgets'
import { refundGas } from '../sponsor/charge-gas'
import { refreshSession } from './refresh-session'

/** Its statuses are taken back, and its gas is reserved again. */
const restoreIntents = `
  WITH restored AS (
    UPDATE "Intent" SET status = CASE WHEN "transactionId" IS NULL THEN 'queued' ELSE 'submitted' END::"IntentStatus",
      place = "sessionId" || ':' || lane || ':' || sequence,
      reason = NULL, "txHash" = NULL, "blockNumber" = NULL, "settledAt" = NULL
    WHERE "blockNumber" > $1 AND packed IS NOT NULL
      AND (place IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM "Intent" other
        WHERE other.place = "Intent"."sessionId" || ':' || "Intent".lane || ':' || "Intent".sequence))
    RETURNING "sessionId", gas),
  ${changeBudgets({ from: 'restored', reserved: 'x.gas' })}
  SELECT count(*)::int FROM restored`

/** The newest block that database and chain agree on; -1 when they agree on none. */
export async function findAncestor({
  client,
  database,
}: RelayContext): Promise<bigint> {
  const checkpoints = await database.prisma.mirrorBlock.findMany({
    orderBy: { number: 'desc' },
  })
  for (const { number, hash } of checkpoints) {
    const block = await client
      .getBlock({ blockNumber: number })
      .catch(() => null)
    if (block?.hash === hash) return number
  }
  return -1n
}

/**
 * Takes back everything that blocks after `ancestor` had settled: statuses return to `submitted`, our transactions
 * to `prepared` (they are sent again as they are, with their nonces), sessions and policies to what the chain says.
 */
export async function undoBlocks(
  context: RelayContext,
  ancestor: bigint,
): Promise<void> {
  const { prisma } = context.database
  const after = { blockNumber: { gt: ancestor } }
  const events = await prisma.chainEvent.findMany({
    where: after,
    select: { name: true, subject: true, args: true },
  })
  await prisma.$transaction([
    prisma.$queryRawUnsafe(refundGas('$1'), ancestor),
    prisma.chainEvent.deleteMany({ where: after }),
    prisma.mirrorBlock.deleteMany({ where: { number: { gt: ancestor } } }),
    prisma.intent.deleteMany({ where: { ...after, packed: null } }),
    prisma.$queryRawUnsafe(restoreIntents, ancestor),
    prisma.relayTask.updateMany({
      where: { transaction: after, status: 'done' },
      data: { status: 'submitted', settledAt: null },
    }),
    prisma.relayTransaction.updateMany({
      where: after,
      data: { state: 'prepared', minedHash: null, blockNumber: null },
    }),
  ])
  await refreshSubjects(context, events)
}

async function refreshSubjects(
  context: RelayContext,
  events: { name: string; subject: string; args: unknown }[],
): Promise<void> {
  const { prisma } = context.database
  const sessions = new Set<Hex>()
  const policies = new Set<Hex>()
  for (const { name, subject } of events) {
    if (!name.startsWith('Policy') && name !== 'EpochBumped')
      sessions.add(subject as Hex)
    if (name === 'GrantRejected')
      await prisma.sessionGrant.updateMany({
        where: { sessionId: subject },
        data: { error: null },
      })
    if (name === 'EpochBumped') {
      const rows = await prisma.session.findMany({
        where: { accountAddress: subject },
        select: { id: true },
      })
      for (const { id } of rows) sessions.add(id as Hex)
    }
    if (name.startsWith('Policy')) policies.add(subject as Hex)
  }
  for (const id of sessions) await refreshSession(context, id)
  for (const id of policies) await refreshPolicy(context, id)
  await refreshAccounts(context, [...sessions])
}

async function refreshPolicy(
  { client, database, sessionManager }: RelayContext,
  policyId: Hex,
): Promise<void> {
  const [owner, , pausedUntil] = await client.readContract({
    address: sessionManager,
    abi: sessionManagerAbi,
    functionName: 'policyOf',
    args: [policyId],
  })
  const isPublished = BigInt(owner) !== 0n
  await database.prisma.policy.updateMany({
    where: { id: policyId },
    data: {
      pausedUntil,
      status: isPublished ? 'published' : 'publishing',
      ...(isPublished ? {} : { publishedTxHash: null }),
    },
  })
}

async function refreshAccounts(
  { client, database }: RelayContext,
  sessionIds: Hex[],
): Promise<void> {
  const accounts = await database.prisma.account.findMany({
    where: { sessions: { some: { id: { in: sessionIds } } } },
    select: { address: true },
  })
  for (const { address } of accounts) {
    const code = await client.getCode({ address: address as Hex })
    if (code) continue
    await database.prisma.account.update({
      where: { address },
      data: { deployedAt: null },
    })
  }
}
