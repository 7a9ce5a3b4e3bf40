import type { Hex } from 'viem'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import type { RelayContext } from '../relay/relay-context'
import { readMeters } from './read-meters'

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
  await database.prisma.session.updateMany({
    where: { id: sessionId },
    data: {
      status,
      nextSequence: record.nextSequence,
      cells: [...record.cells],
      ...(status === 'pending'
        ? {
            ...(await firstWindow(context, sessionId)),
            ...{ activatedAt: null, activatedTxHash: null },
          }
        : {}),
      ...(status === 'active'
        ? { validAfter: record.validAfter, validUntil: record.validUntil }
        : {}),
      ...(status === 'revoked'
        ? {}
        : { revokedAt: null, revokedTxHash: null, revokedBy: null }),
    },
  })
  await refreshLanes(context, sessionId)
  await refreshMeters(context, sessionId)
}

/** The end that a session has before any grant of it is on chain. */
async function firstWindow(
  { database }: RelayContext,
  sessionId: Hex,
): Promise<{ validUntil?: bigint }> {
  const grant = await database.prisma.sessionGrant.findFirst({
    where: { sessionId },
    orderBy: { validUntil: 'asc' },
  })
  return grant ? { validUntil: grant.validUntil } : {}
}

async function refreshMeters(
  context: RelayContext,
  sessionId: Hex,
): Promise<void> {
  const { prisma } = context.database
  const session = await prisma.session.findUnique({
    where: { id: sessionId },
    select: { meterIndexes: true },
  })
  const indexes = session?.meterIndexes ?? []
  const readings = await readMeters(context, sessionId, indexes)
  for (const { index, meter } of readings) {
    const { total, window, inWindow } = meter
    await prisma.sessionMeter.updateMany({
      where: { sessionId, index },
      data: {
        total: total.toString(),
        window,
        inWindow: inWindow.toString(),
      },
    })
  }
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
