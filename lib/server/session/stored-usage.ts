import { emptyUsage, type SessionUsage } from '@/lib/session/session-usage'

/** A meter as the database has it; amounts as decimal strings. */
export type StoredMeter = {
  index: number
  total: string
  window: number
  inWindow: string
}

/** What the chain has counted of a session, from what the mirror stored. */
export function toUsage(
  cells: readonly number[],
  stored: readonly StoredMeter[],
): SessionUsage {
  const { meters } = emptyUsage()
  for (const { index, total, window, inWindow } of stored)
    meters[index] = {
      total: BigInt(total),
      window,
      inWindow: BigInt(inWindow),
    }
  return { cells: [...cells], meters }
}
