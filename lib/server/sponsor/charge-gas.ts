import { changeBudgets, dayOf } from './change-budgets'

/**
 * CTEs that charge the intents of a bundle with the gas that it used: each its share by the gas it was admitted for, in
 * all exactly what was used. Put it behind a CTE `mined` (`id`, `"gasUsed"`) that has a row only when the transaction
 * passes from `prepared` to mined, so that it happens once.
 */
export const chargeGas = `
  bundled AS (
    SELECT i.id, i."sessionId", i."queuedAt", i.gas, m."gasUsed",
      sum(i.gas) OVER (ORDER BY i.id) AS upto, sum(i.gas) OVER () AS total
    FROM mined m JOIN "Intent" i ON i."transactionId" = m.id
    WHERE i.gas > 0),
  shares AS (
    SELECT id, "sessionId", ${dayOf('"queuedAt"')} AS day,
      ("gasUsed" * upto / total - "gasUsed" * (upto - gas) / total)::int AS share
    FROM bundled),
  charged AS (
    UPDATE "Intent" i SET "gasCharged" = i."gasCharged" + h.share FROM shares h WHERE i.id = h.id),
  ${changeBudgets({ from: 'shares', spent: { gas: 'x.share', day: 'x.day' } })}`

/**
 * Statement that takes back what the bundles of undone blocks were charged; before those are `prepared` again.
 * What a bundle that failed as a whole was charged stays: its nonce is used again, and paid for again.
 * @param ancestor SQL of the newest block that stays.
 */
export function refundGas(ancestor: string): string {
  return `
  WITH undone AS (
    SELECT i.id, i."sessionId", i."gasCharged" AS gas, ${dayOf('i."queuedAt"')} AS day
    FROM "RelayTransaction" t JOIN "Intent" i ON i."transactionId" = t.id
    WHERE t."blockNumber" > ${ancestor} AND i."gasCharged" > 0
    FOR UPDATE OF i),
  refunded AS (
    UPDATE "Intent" i SET "gasCharged" = 0 FROM undone u WHERE i.id = u.id),
  ${changeBudgets({ from: 'undone', spent: { gas: '-x.gas', day: 'x.day' } })}
  SELECT count(*) FROM undone`
}
