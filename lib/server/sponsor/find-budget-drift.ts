import type { Database } from '../db/database'
import { dayOf, joinBudgets } from './change-budgets'

/** A budget that does not say what the intents say; gas as decimal strings. */
export type BudgetDrift = {
  id: string
  reserved: string
  /** Gas of the intents that are on their way. */
  reservedByIntents: string
  spent: string
  /** What the intents of its day were charged. */
  spentByIntents: string
}

/**
 * Budgets that are wrong: reserved must be the gas of all queued and submitted intents, spent what the intents of the
 * budget's day were charged, or of all days for a session. Read at one moment, so it holds while others work.
 */
export async function findBudgetDrift({
  pool,
}: Database): Promise<BudgetDrift[]> {
  const { rows } = await pool.query<BudgetDrift>(`
    WITH of_sessions AS (
      SELECT "sessionId", ${dayOf('"queuedAt"')} AS day, sum("gasCharged") AS spent,
        COALESCE(sum(gas) FILTER (WHERE status IN ('queued', 'submitted')), 0) AS reserved
      FROM "Intent" GROUP BY 1, 2),
    expected AS (
      SELECT b.id, t.day, sum(x.reserved) AS reserved, sum(x.spent) FILTER (WHERE t.day IN (0, x.day)) AS spent
      FROM of_sessions x ${joinBudgets('x."sessionId"')}
      LEFT JOIN "GasBudget" t ON t.id = b.id
      WHERE b.id IS NOT NULL GROUP BY b.id, t.day)
    SELECT id, COALESCE(b.reserved, 0)::text AS reserved, COALESCE(e.reserved, 0)::text AS "reservedByIntents",
      COALESCE(b.spent, 0)::text AS spent, COALESCE(e.spent, 0)::text AS "spentByIntents"
    FROM "GasBudget" b FULL JOIN expected e USING (id)
    WHERE COALESCE(b.reserved, 0) <> COALESCE(e.reserved, 0) OR COALESCE(b.spent, 0) <> COALESCE(e.spent, 0)
    ORDER BY id`)
  return rows
}
