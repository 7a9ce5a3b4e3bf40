import type { Hex } from 'viem'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import type { PermissionJson } from '@/lib/permission/permission'
import type { RelayContext } from '../relay/relay-context'

/** Reads how much value the session has spent through each permission. It only ever grows, but for re-organisations. */
export async function refreshSpentValue(
  { database, client, sessionManager }: RelayContext,
  sessionId: Hex,
  mode: 'grow' | 'replace' = 'grow',
): Promise<void> {
  const session = await database.prisma.session.findUnique({
    where: { id: sessionId },
    select: { permissions: true },
  })
  const permissions = (session?.permissions ?? []) as PermissionJson[]
  for (const [entry, { maxValue }] of permissions.entries()) {
    if (maxValue === '0') continue
    const spent = await client.readContract({
      address: sessionManager,
      abi: sessionManagerAbi,
      functionName: 'valueSpentOf',
      args: [sessionId, BigInt(entry)],
    })
    await database.pool.query(
      `INSERT INTO "SessionUsage" AS u ("sessionId", entry, "valueWei") VALUES ($1, $2, $3)
       ON CONFLICT ("sessionId", entry) DO UPDATE SET "valueWei" =
         CASE WHEN $4 THEN EXCLUDED."valueWei" ELSE GREATEST(u."valueWei", EXCLUDED."valueWei") END`,
      [sessionId, entry, spent.toString(), mode === 'replace'],
    )
  }
}

/** Replaces what is stored of a session by what the chain says now, after blocks were undone. */
export async function refreshSession(
  context: RelayContext,
  sessionId: Hex,
): Promise<void> {
  const { database, client, sessionManager } = context
  const record = await client.readContract({
    address: sessionManager,
    abi: sessionManagerAbi,
    functionName: 'sessionOf',
    args: [sessionId],
  })
  const status =
    record.status === 2 ? 'revoked' : record.status === 1 ? 'active' : 'pending'
  await database.prisma.$transaction([
    database.prisma.session.updateMany({
      where: { id: sessionId },
      data: {
        status,
        nextSequence: record.nextSequence,
        ...(status === 'pending'
          ? { activatedAt: null, activatedTxHash: null }
          : {}),
        ...(status === 'revoked'
          ? {}
          : { revokedAt: null, revokedTxHash: null, revokedBy: null }),
      },
    }),
    ...record.uses.map((calls, entry) =>
      database.prisma.sessionUsage.updateMany({
        where: { sessionId, entry },
        data: { calls },
      }),
    ),
  ])
  await refreshLanes(context, sessionId)
  await refreshSpentValue(context, sessionId, 'replace')
}

async function refreshLanes(
  { database, client, sessionManager }: RelayContext,
  sessionId: Hex,
): Promise<void> {
  const lanes = await database.prisma.sessionLane.findMany({
    where: { sessionId },
  })
  for (const { lane } of lanes) {
    const nextSequence = await client.readContract({
      address: sessionManager,
      abi: sessionManagerAbi,
      functionName: 'laneSequenceOf',
      args: [sessionId, Number(lane)],
    })
    await database.prisma.sessionLane.update({
      where: { sessionId_lane: { sessionId, lane } },
      data: { nextSequence },
    })
  }
}
