import type { BudgetScope, SponsorLimit } from './sponsor-limits'
import { sponsorLimits } from './sponsor-limits'

/** A budget as this process knows it: what was read last, and what it has reserved since. */
export type Budget = {
  id: string
  scope: BudgetScope
  /** Gas. */
  limit: number
  /** Gas that is reserved or spent. */
  used: number
  /** Unix milliseconds from which on the rate allows the next intent; 0 = at once. */
  readyMs: number
  /** Unix milliseconds at which what was spent counts no more; null for a session, whose limit is for all its life. */
  resetMs: number | null
}

/** A row of `GasBudget`, amounts as decimal strings; null where there is none yet. */
export type BudgetRow = [
  id: string,
  limit: string | null,
  day: number | null,
  reserved: string | null,
  spent: string | null,
  readyMs: number | null,
]

const DAY_MS = 86_400_000

export function toBudget(
  [id, own, day, reserved, spent, readyMs]: BudgetRow,
  nowMs = Date.now(),
): Budget {
  const scope = id.slice(0, id.indexOf(':')) as BudgetScope
  const isForLife = scope === 'session'
  const today = Math.floor(nowMs / DAY_MS)
  const counts = isForLife || (day ?? 0) >= today
  return {
    ...{ id, scope },
    limit: own === null ? sponsorLimits()[scope].gas : Number(own),
    used: Number(reserved ?? 0) + (counts ? Number(spent ?? 0) : 0),
    readyMs: readyMs ?? 0,
    resetMs: isForLife ? null : (today + 1) * DAY_MS,
  }
}

/** Counts an intent that is about to be stored. */
export function reserveIn(
  budgets: readonly Budget[],
  gas: number,
  nowMs = Date.now(),
): void {
  for (const budget of budgets) {
    const { intervalMs } = sponsorLimits()[budget.scope]
    budget.used += gas
    budget.readyMs = Math.max(budget.readyMs, nowMs) + intervalMs
  }
}

/** Clocks of machines differ: here a rate is met a little earlier than in the database, which otherwise would refuse the whole group. */
const CLOCK_MARGIN_MS = 100

/** Milliseconds until the rate allows one more intent; 0 = now. */
export function waitOf(
  { readyMs, scope }: Pick<Budget, 'readyMs' | 'scope'>,
  nowMs: number,
  limits: Record<BudgetScope, SponsorLimit> = sponsorLimits(),
): number {
  const { intervalMs, burstMs } = limits[scope]
  if (intervalMs === 0) return 0
  const ahead = Math.max(readyMs, nowMs) + intervalMs - nowMs
  return Math.max(0, Math.ceil(ahead - burstMs + CLOCK_MARGIN_MS))
}
