import { reasonOfSelector } from '../chain/reason-of-selector'
import { logger } from '../log/logger'
import { applyLogs } from '../mirror/apply-logs'
import { cancelFollowers } from '../mirror/cancel-followers'
import type { MirrorEvent } from '../mirror/parse-logs'
import { parseLogs } from '../mirror/parse-logs'
import { syncBlocks } from '../mirror/sync-blocks'
import { releaseGas } from '../sponsor/change-budgets'
import { chargeGas } from '../sponsor/charge-gas'
import type { Receipt } from './broadcast'
import { notifyEvents } from './notify-events'
import type { RelayContext } from './relay-context'
import type { StoredTransaction } from './store-transaction'
import type { Ending } from './transaction-lane'

/** Whole transactions that an intent may fail with before it is given up. */
const SUSPICION_MAX = 4

/** Brings intents and tasks to what became of their transaction. Idempotent; results come from events, never from the transaction's status. */
export async function settleTransaction(
  context: RelayContext,
  ending: Ending,
): Promise<void> {
  const { transaction } = ending
  if (ending.kind === 'lost') {
    logger.warn({ transactionId: transaction.id }, 'nonce used by another')
    await releaseWork(context, transaction, 'dropped', 0)
    return
  }
  const { receipt } = ending
  await applyReceiptLogs(context, receipt)
  if (receipt.status === 'reverted' && transaction.purpose === 'bundle') {
    await recordMined(context, transaction, receipt, 'failed')
    await releaseWork(context, transaction, 'failed', 1)
    return
  }
  await recordMined(context, transaction, receipt, 'included')
  if (transaction.purpose === 'bundle')
    await releaseWork(context, transaction, 'included', 1)
  else await finishTasks(context, transaction, receipt)
}

/** When someone was faster with one of our intents, the earlier blocks tell so; they must be applied first. */
async function applyReceiptLogs(
  context: RelayContext,
  { logs }: Receipt,
): Promise<void> {
  const wasOvertaken = parseLogs(logs, context.sessionManager).some(isUsedPlace)
  if (wasOvertaken) await syncBlocks(context)
  await applyLogs(context, logs, 'own')
}

function isUsedPlace(event: MirrorEvent): boolean {
  return (
    event.name === 'IntentRejected' &&
    reasonOfSelector(event.rejection.reasonSelector) === 'sequence_used'
  )
}

async function recordMined(
  { database }: RelayContext,
  transaction: StoredTransaction,
  receipt: Receipt,
  state: 'included' | 'failed',
): Promise<void> {
  await database.pool.query({
    name: 'record-mined',
    text: `
      WITH mined AS (
        UPDATE "RelayTransaction" SET state = $2::"TransactionState", "minedHash" = $3, "blockNumber" = $4,
          "gasUsed" = $5, "gasPriceWei" = $6 WHERE id = $1 AND state = 'prepared'
        RETURNING id, "gasUsed"),
      ${chargeGas}
      SELECT count(*) FROM mined`,
    values: [
      transaction.id,
      state,
      receipt.transactionHash,
      receipt.blockNumber.toString(),
      receipt.gasUsed.toString(),
      receipt.effectiveGasPrice.toString(),
    ],
  })
}

/** Puts work that the transaction left undone back into the queue; what failed too often is rejected. */
async function releaseWork(
  { database }: RelayContext,
  { id }: StoredTransaction,
  state: 'dropped' | 'failed' | 'included',
  suspicion: 0 | 1,
): Promise<void> {
  const { pool, prisma } = database
  if (state === 'dropped')
    await prisma.relayTransaction.update({ where: { id }, data: { state } })
  const { rows } = await pool.query<{
    id: `0x${string}`
    sessionId: `0x${string}`
    lane: string
    sequence: string
    status: string
  }>({
    name: 'release-work',
    text: `
         WITH released AS (
           UPDATE "Intent" SET suspicion = suspicion + $2,
             status = (CASE WHEN suspicion + $2 >= ${SUSPICION_MAX} THEN 'rejected' ELSE 'queued' END)::"IntentStatus",
             reason = CASE WHEN suspicion + $2 >= ${SUSPICION_MAX} THEN 'insufficient_gas' END,
             place = CASE WHEN suspicion + $2 >= ${SUSPICION_MAX} THEN NULL ELSE place END,
             "settledAt" = CASE WHEN suspicion + $2 >= ${SUSPICION_MAX} THEN now() END,
             "transactionId" = NULL
           WHERE "transactionId" = $1 AND status = 'submitted'
           RETURNING id, "sessionId", lane, sequence, status::text, gas),
         gone AS (SELECT * FROM released WHERE status = 'rejected'),
         ${releaseGas('gone')}
         SELECT * FROM released`,
    values: [id, suspicion],
  })
  if (rows.length > 0)
    logger.warn({ transactionId: id, intents: rows.length }, 'work released')
  if (state !== 'included')
    await prisma.relayTask.updateMany({
      where: { transactionId: id, status: 'submitted' },
      data: { status: 'queued', transactionId: null },
    })
  const gaps = rows
    .filter(({ status }) => status === 'rejected')
    .map((row) => ({
      ...row,
      lane: Number(row.lane),
      sequence: Number(row.sequence),
    }))
  if (gaps.length === 0) return
  await notifyEvents(
    pool,
    gaps.map(({ id: intentId, sessionId, lane, sequence }) => ({
      type: 'intent',
      ...{ id: intentId, sessionId, lane, sequence },
      status: 'rejected',
      reason: 'insufficient_gas',
      settledAtMs: Date.now(),
    })),
  )
  await cancelFollowers(database, gaps)
}

async function finishTasks(
  { database }: RelayContext,
  { id }: StoredTransaction,
  receipt: Receipt,
): Promise<void> {
  const { prisma } = database
  const isDone = receipt.status === 'success'
  const tasks = await prisma.relayTask.findMany({
    where: { transactionId: id, status: 'submitted' },
    select: { kind: true, subject: true },
  })
  await prisma.relayTask.updateMany({
    where: { transactionId: id, status: 'submitted' },
    data: {
      status: isDone ? 'done' : 'failed',
      error: isDone ? null : 'call_reverted',
      txHash: receipt.transactionHash,
      settledAt: new Date(),
    },
  })
  const unpublished = tasks.filter(({ kind }) => kind === 'publish' && !isDone)
  await prisma.policy.updateMany({
    where: {
      id: { in: unpublished.map(({ subject }) => subject) },
      status: 'publishing',
    },
    data: { status: 'failed' },
  })
}
