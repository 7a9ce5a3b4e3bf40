import type { PoolClient } from 'pg'
import { chargeGas } from '../../sponsor/charge-gas'
import { shareGas } from '../../sponsor/share-gas'
import type { Receipt } from '../key/broadcast'
import type { StoredTransaction } from '../key/store-transaction'
import { type Fence, holdsLease, LeaseLost } from '../lease/fence'

/** A pool, or a client inside a transaction. */
type Queryable = Pick<PoolClient, 'query'>

const mined = `
  mined AS (
    UPDATE "RelayTransaction" SET state = $2::"TransactionState", "minedHash" = $3, "blockNumber" = $4,
      "gasUsed" = $5, "gasPriceWei" = $6, slot = CASE WHEN $2 = 'cancelled' THEN NULL ELSE slot END
    WHERE id = $1 AND state = 'prepared' AND EXISTS (SELECT FROM lease) AND ($9 OR NOT EXISTS (SELECT FROM undone))
    RETURNING id)`

const head = `
  WITH lease AS MATERIALIZED (${holdsLease('$7', '$8')}),
  undone AS (SELECT id FROM "Intent" WHERE "transactionId" = $1 AND status = 'submitted')`

const tail =
  'SELECT (SELECT count(*) FROM lease)::int AS held, (SELECT count(*) FROM undone)::int AS undone'

/** A no-op did nothing for the intents, so it is charged to none. */
const charged = `${head}, ${mined}, ${chargeGas('$10', '$11')} ${tail}`
const uncharged = `${head}, ${mined}, done AS (SELECT id FROM mined) ${tail}`

/**
 * Records that a transaction was mined, and charges its intents with what it cost, once.
 * @param withUndone Whether it is recorded although some of its work is still to be put back into the queue: the caller
 * does that in the same transaction.
 * @returns how much of its work is not settled; unless `withUndone`, nothing is recorded then. @throws LeaseLost
 */
export async function recordMined(
  target: Queryable,
  fence: Fence,
  { id, intents }: Pick<StoredTransaction, 'id' | 'intents'>,
  receipt: Receipt,
  state: 'included' | 'failed' | 'cancelled',
  withUndone: boolean,
): Promise<number> {
  const isCharged = state !== 'cancelled'
  const reserved = intents.map(({ gas }) => gas)
  const charges = [
    intents.map((intent) => intent.id),
    shareGas(receipt.gasUsed, reserved),
  ]
  const { rows } = await target.query<{ held: number; undone: number }>({
    name: isCharged ? 'record-mined' : 'record-cancelled',
    text: isCharged ? charged : uncharged,
    values: [
      ...[id, state, receipt.transactionHash],
      receipt.blockNumber.toString(),
      receipt.gasUsed.toString(),
      receipt.effectiveGasPrice.toString(),
      ...[fence.name, fence.fence.toString(), withUndone],
      ...(isCharged ? charges : []),
    ],
  })
  if (rows[0]?.held !== 1) throw new LeaseLost(fence.name)
  return rows[0].undone
}

/** Records that another transaction has used the nonce. @throws LeaseLost */
export async function recordDropped(
  target: Queryable,
  fence: Fence,
  transactionId: string,
): Promise<void> {
  const { rows } = await target.query<{ held: number }>(
    `WITH lease AS MATERIALIZED (${holdsLease('$2', '$3')}),
     dropped AS (
       UPDATE "RelayTransaction" SET state = 'dropped', slot = NULL
       WHERE id = $1 AND state = 'prepared' AND EXISTS (SELECT FROM lease))
     SELECT (SELECT count(*) FROM lease)::int AS held`,
    [transactionId, fence.name, fence.fence.toString()],
  )
  if (rows[0]?.held !== 1) throw new LeaseLost(fence.name)
}

/** Ends the task of a mined transaction; a policy that could not be published says so. */
export async function finishTasks(
  target: Queryable,
  transactionId: string,
  { status, transactionHash }: Receipt,
): Promise<void> {
  await target.query(
    `WITH ended AS (
       UPDATE "RelayTask" SET status = (CASE WHEN $2 THEN 'done' ELSE 'failed' END)::"TaskStatus",
         error = CASE WHEN $2 THEN NULL ELSE 'call_reverted' END, "txHash" = $3, "settledAt" = now()
       WHERE "transactionId" = $1 AND status = 'submitted' RETURNING kind, subject)
     UPDATE "Policy" SET status = 'failed'
     WHERE NOT $2 AND status = 'publishing' AND id IN (SELECT subject FROM ended WHERE kind = 'publish')`,
    [transactionId, status === 'success', transactionHash],
  )
}
