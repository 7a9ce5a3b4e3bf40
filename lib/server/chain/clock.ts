import type { Database } from '../db/database'

/** How far a block's time may lie behind our clock. */
export const BLOCK_LAG_SECONDS = 2

/** Unix seconds the next block will carry: the wall clock, plus what the chain runs ahead of it (0 but for a moved local chain). */
export function toChainSeconds(
  aheadSeconds: number,
  nowMs = Date.now(),
): number {
  return Math.floor(nowMs / 1000) + aheadSeconds
}

/** The chain's clock, as the mirror last saw it. */
export async function readChainSeconds(database: Database): Promise<number> {
  const head = await database.prisma.chainHead.findUnique({
    where: { id: 1 },
    select: { aheadSeconds: true },
  })
  return toChainSeconds(head?.aheadSeconds ?? 0)
}

/** Unix milliseconds as the chain's clock has it: what browsers correct theirs by. */
export async function readServerTimeMs(database: Database): Promise<number> {
  const head = await database.prisma.chainHead.findUnique({
    where: { id: 1 },
    select: { aheadSeconds: true },
  })
  return Date.now() + (head?.aheadSeconds ?? 0) * 1000
}
