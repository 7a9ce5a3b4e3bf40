import type { Hex } from 'viem'
import { releaseGas } from '../../sponsor/change-budgets'
import type { KeyContext } from '../key/key-context'
import type { StoredTransaction } from '../key/store-transaction'
import { holdsLease } from '../lease/fence'
import { announceReleased } from './release-work'

/** So long after its end no block can be made any more that would still take an intent. */
const SLACK_SECONDS = 60

const statement = `
  WITH lease AS MATERIALIZED (${holdsLease('$3', '$4')}),
  gone AS (
    UPDATE "Intent" i SET status = 'rejected', reason = 'intent_expired', place = NULL, "settledAt" = now()
    WHERE i."transactionId" = $1 AND i.status = 'submitted' AND i.expiry < $2 AND EXISTS (SELECT FROM lease)
    RETURNING i.id, i."sessionId", i.lane, i.sequence, i.gas),
  ${releaseGas('gone')}
  SELECT id, "sessionId", lane, sequence FROM gone`

/**
 * Gives an answer for intents whose transaction nobody mines, because it may not cost more or nobody takes it: their
 * time is over, so nothing can come of them any more.
 */
export async function expireSubmitted(
  { database, lease, pulse }: KeyContext,
  { id }: StoredTransaction,
): Promise<void> {
  const nowSeconds = Math.floor(Date.now() / 1000) + pulse.aheadSeconds()
  const { rows } = await database.pool.query<{
    id: Hex
    sessionId: Hex
    lane: string
    sequence: string
  }>(statement, [
    ...[id, nowSeconds - SLACK_SECONDS],
    ...[lease.name, lease.fence.toString()],
  ])
  const gaps = rows.map((row) => ({
    ...{ id: row.id, sessionId: row.sessionId },
    ...{ lane: Number(row.lane), sequence: Number(row.sequence) },
  }))
  await announceReleased(database, { gaps }, 'intent_expired')
}
