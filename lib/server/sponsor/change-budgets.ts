/** SQL of the day (UTC, days since 1970) that an intent counts for, from then on that it was queued. */
export function dayOf(timestamp: string): string {
  return `floor(extract(epoch FROM ${timestamp}) / 86400)::int`
}

/** SQL that joins the ids of a session's budgets as `b.id`: its own, its player's, its game's and its studio's. Without a policy the last two are null. */
export function joinBudgets(sessionId: string): string {
  return `
    JOIN "Session" s ON s.id = ${sessionId}
    LEFT JOIN "Policy" p ON p.id = s."policyId"
    LEFT JOIN "Game" g ON g.id = p."gameId"
    CROSS JOIN LATERAL (VALUES ('session:' || s.id), ('player:' || s."accountAddress"), ('game:' || g.id),
      ('studio:' || g."studioId")) AS b(id)`
}

/** What a statement does to the budgets of intents. */
export type BudgetChange = {
  /** Name of an earlier CTE with a row for each intent: `"sessionId"`, and what the texts below name as `x`. */
  from: string
  /** SQL of the gas that becomes reserved; negative when it is free again. */
  reserved?: string
  /** SQL of the gas that becomes spent, and of the day that it counts for. A day that is over is not looked back at. */
  spent?: { gas: string; day: string }
  /** Name of a CTE that locks sessions: its rows come before the budgets', or two statements could wait for each other. */
  after?: string
}

/**
 * CTEs that bring the budgets of some intents to what happens to them in the same statement: put it behind the CTE that
 * changes the intents. Every statement that takes an intent out of `queued` and `submitted`, or back, has one, so that
 * what is reserved is always the gas of the intents on their way. Budgets are locked last, in the order of their ids.
 * Changes are summed before anything is joined with them: PostgreSQL takes CTEs for tiny, and would compare each with each.
 */
export function changeBudgets(change: BudgetChange): string {
  const { from, reserved = '0', spent, after } = change
  const first = after ? `(SELECT count(*) FROM ${after}) >= 0` : 'true'
  return `
  budget_changes AS (
    SELECT b.id, ${spent?.day ?? '0'} AS day, sum(${reserved})::bigint AS reserved,
      sum(${spent?.gas ?? '0'})::bigint AS spent
    FROM ${from} x ${joinBudgets('x."sessionId"')}
    WHERE b.id IS NOT NULL GROUP BY 1, 2),
  budget_rows AS (
    SELECT b.id, b.day AS "countsFor", c.day, c.reserved, c.spent
    FROM budget_changes c JOIN "GasBudget" b ON b.id = c.id
    WHERE ${first} ORDER BY b.id FOR NO KEY UPDATE OF b),
  budget_sums AS (
    SELECT id, sum(reserved)::bigint AS reserved,
      COALESCE(sum(spent) FILTER (WHERE "countsFor" IN (0, day)), 0)::bigint AS spent
    FROM budget_rows GROUP BY id),
  budgets AS (
    UPDATE "GasBudget" b SET reserved = b.reserved + n.reserved, spent = b.spent + n.spent
    FROM budget_sums n WHERE b.id = n.id)`
}

/** CTEs that free what the intents of CTE `from` (`"sessionId"`, `gas`) had reserved; see `changeBudgets`. */
export function releaseGas(from: string, after?: string): string {
  const change: BudgetChange = { from, reserved: '-x.gas' }
  return changeBudgets(after ? { ...change, after } : change)
}
