import type { Database } from '../db/database'
import { logger } from '../log/logger'
import { findBudgetDrift } from '../sponsor/find-budget-drift'

const PAUSE_MS = 60_000
/** Adding up all intents takes longer the more there are: it may take one part in so many of the time. */
const SHARE = 100

/** Adds budgets up against intents, when its turn has come; tells those that are wrong. */
export function createBudgetCheck(database: Database): () => Promise<void> {
  let nextMs = 0
  return async () => {
    const startedMs = performance.now()
    if (startedMs < nextMs) return
    const drift = await findBudgetDrift(database)
    const tookMs = performance.now() - startedMs
    nextMs = performance.now() + Math.max(PAUSE_MS, tookMs * SHARE)
    for (const budget of drift)
      logger.error({ budget }, 'a budget is not what its intents add up to')
  }
}
