import type { Database } from '../db/database'
import type { BudgetRow } from './budget'
import { dayOf } from './change-budgets'

/** Makes the rows of budgets that have none yet; one without use changes nothing. */
export async function createBudgets(
  { pool }: Database,
  budgets: readonly BudgetRow[],
): Promise<void> {
  const missing = budgets.filter(([, , day]) => day === null)
  if (missing.length === 0) return
  await pool.query({
    name: 'create-budgets',
    text: `
      INSERT INTO "GasBudget" (id, day)
      SELECT id, CASE WHEN id LIKE 'session:%' THEN 0 ELSE ${dayOf('now()')} END
      FROM unnest($1::text[]) AS t(id) ORDER BY id
      ON CONFLICT DO NOTHING`,
    values: [missing.map(([id]) => id)],
  })
}
