import { changeBudgets, dayOf } from './change-budgets'

/**
 * CTEs that charge intents with their shares of what their bundle used. Put them behind a CTE `mined` that has a row only
 * when the transaction passes from `prepared` to mined, so that it happens once.
 * @param ids SQL of the intents' ids. @param shares SQL of the gas of each.
 */
export function chargeGas(ids: string, shares: string): string {
  return `
  shares AS (
    SELECT t.id, t.share FROM unnest(${ids}::text[], ${shares}::int[]) AS t(id, share) WHERE EXISTS (SELECT FROM mined)),
  charged AS (
    UPDATE "Intent" i SET "gasCharged" = i."gasCharged" + h.share FROM shares h WHERE i.id = h.id
    RETURNING i."sessionId", ${dayOf('i."queuedAt"')} AS day, h.share),
  ${changeBudgets({ from: 'charged', spent: { gas: 'x.share', day: 'x.day' } })}`
}

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
