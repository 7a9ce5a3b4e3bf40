import type { Hex } from 'viem'
import { toChainSeconds } from '../../chain/clock'
import { type Budget, toBudget } from '../../sponsor/budget'
import type { AdmissionFacts } from './admission-facts'
import { hasPeriodBegun } from './assert-allowed'
import { createBoundedMap } from './bounded-map'

/** Facts are read anew after this long, in which the chain may have moved on. */
const KEPT_MS = 3_000
const SESSIONS_MAX = 10_000
const BUDGETS_MAX = 50_000

/** A session as admission knows it. */
export type KnownSession = {
  facts: AdmissionFacts
  budgets: readonly Budget[]
  /** Read for this very batch: what they refuse is refused. Remembered ones may be too strict. */
  isFresh: boolean
}

/**
 * Facts of sessions that were admitted to moments ago, so that they need not be read again. The store statement takes
 * nothing when the session's version says that someone else has changed it since.
 */
export type FactsMemory = {
  /** What is remembered of a session; null when it has to be read. */
  recall(sessionId: Hex): KnownSession | null
  /** What was read just now. */
  note(facts: AdmissionFacts): KnownSession
  /** To be called when a session's turn is stored. */
  keep(sessionId: Hex, known: KnownSession): void
  /** To be called when it is not: what was counted for it did not happen. */
  forget(sessionId: Hex, known: KnownSession): void
}

type Kept = { facts: AdmissionFacts; readSeconds: number; readMs: number }

export function createFactsMemory(): FactsMemory {
  const sessions = createBoundedMap<Hex, Kept>(SESSIONS_MAX)
  const budgets = createBoundedMap<string, Budget>(BUDGETS_MAX)

  const budgetsOf = (facts: AdmissionFacts) => {
    const found: Budget[] = []
    for (const [id] of facts.budgets) {
      const budget = budgets.get(id)
      if (budget && (budget.resetMs ?? Date.now() + 1) > Date.now())
        found.push(budget)
    }
    return found.length === facts.budgets.length ? found : null
  }

  return {
    recall(sessionId) {
      const kept = sessions.get(sessionId)
      if (!kept || Date.now() - kept.readMs > KEPT_MS) return null
      const { facts, readSeconds } = kept
      const nowSeconds = toChainSeconds(facts.aheadSeconds)
      if (hasPeriodBegun(facts.session, nowSeconds, readSeconds)) return null
      const known = budgetsOf(facts)
      if (!known) return null
      facts.nowSeconds = nowSeconds
      return { facts, budgets: known, isFresh: false }
    },
    note(facts) {
      const known = facts.budgets.map((row) => {
        const budget = toBudget(row)
        budgets.set(budget.id, budget)
        return budget
      })
      return { facts, budgets: known, isFresh: true }
    },
    keep(sessionId, { facts, isFresh }) {
      facts.admitVersion += 1
      if (!isFresh) return
      const { nowSeconds, session, grant } = facts
      // On its way to the chain a session changes more than admission can follow.
      if (session.status !== 'active' || grant) sessions.delete(sessionId)
      else
        sessions.set(sessionId, {
          ...{ facts, readSeconds: nowSeconds, readMs: Date.now() },
        })
    },
    forget(sessionId, known) {
      sessions.delete(sessionId)
      for (const { id } of known.budgets) budgets.delete(id)
    },
  }
}
