import { setTimeout as sleep } from 'node:timers/promises'
import { logger } from '../log/logger'
import type { RelayContext } from '../relay/relay-context'
import { createBudgetCheck } from './check-budgets'
import { createChecker } from './check-sessions'

/** Between two rounds: the check must not take from those who play. */
const ROUND_MS = 1_500

/** Compares database and chain again and again, until `signal` aborts. One process at a time: the one that holds the mirror's lease. */
export async function runChecks(
  context: RelayContext,
  signal: AbortSignal,
): Promise<void> {
  const checker = createChecker(context)
  const checkBudgets = createBudgetCheck(context.database)
  while (!signal.aborted) {
    await sleep(ROUND_MS, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    await checker
      .round()
      .then(checkBudgets)
      .catch((error) =>
        logger.warn({ err: error }, 'database and chain cannot be compared'),
      )
  }
}
