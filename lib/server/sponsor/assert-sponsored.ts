import { PlaykeyError } from '@/lib/errors/base-error'
import type { ErrorCode } from '@/lib/errors/error-table'
import { describeDuration } from '@/lib/permission/period'
import { type Budget, waitOf } from './budget'
import type { BudgetScope } from './sponsor-limits'

const codes: Record<BudgetScope, ErrorCode> = {
  session: 'session_budget_exhausted',
  player: 'player_budget_exhausted',
  game: 'game_budget_exhausted',
  studio: 'studio_budget_exhausted',
}

/**
 * Whether the budgets take an intent of `gas` now; the store statement decides again.
 * @throws PlaykeyError `rate_limited` with `retryAfterMs`, or `…_budget_exhausted` with scope, limit and reset time
 */
export function assertSponsored(
  budgets: readonly Budget[],
  gas: number,
  nowMs = Date.now(),
): void {
  for (const budget of budgets) {
    const retryAfterMs = waitOf(budget, nowMs)
    if (retryAfterMs > 0)
      throw new PlaykeyError('rate_limited', {
        details: { retryAfterMs, scope: budget.scope },
      })
    if (budget.used + gas > budget.limit) throw exhausted(budget, gas, nowMs)
  }
}

function exhausted(budget: Budget, gas: number, nowMs: number): PlaykeyError {
  const { scope, limit, resetMs } = budget
  const details = {
    scope,
    limitGas: limit,
    neededGas: gas,
    /** Unix seconds; null when it is never reset. */
    resetAt: resetMs === null ? null : resetMs / 1_000,
  }
  if (gas > limit)
    return new PlaykeyError(codes[scope], {
      details,
      remedy: 'Send a smaller move.',
    })
  if (resetMs === null) return new PlaykeyError(codes[scope], { details })
  const seconds = Math.max(60, Math.ceil((resetMs - nowMs) / 60_000) * 60)
  return new PlaykeyError(codes[scope], {
    details,
    remedy: `Wait ${describeDuration(seconds)}, until a new day starts (UTC).`,
  })
}
