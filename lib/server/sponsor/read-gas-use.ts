import type { GasUseView } from '@/lib/policy/studio-view'
import type { Database } from '../db/database'
import { sponsorLimits } from './sponsor-limits'

const DAY_SECONDS = 86_400

/** What a game or a studio has used of today's gas. One that has used none yet has the limit all the same. */
export async function readGasUse(
  { prisma }: Database,
  scope: 'game' | 'studio',
  id: string,
  nowMs = Date.now(),
): Promise<GasUseView> {
  const row = await prisma.gasBudget.findUnique({
    where: { id: `${scope}:${id}` },
  })
  const today = Math.floor(nowMs / 1_000 / DAY_SECONDS)
  const isToday = row !== null && row.day >= today
  return {
    usedGas: isToday ? Number(row.spent) : 0,
    reservedGas: Number(row?.reserved ?? 0n),
    limitGas: row?.limit ? Number(row.limit) : sponsorLimits()[scope].gas,
    resetsAt: (today + 1) * DAY_SECONDS,
  }
}
