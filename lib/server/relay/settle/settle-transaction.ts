import type { PoolClient } from 'pg'
import type { Hex } from 'viem'
import { reasonOfSelector } from '../../chain/reason-of-selector'
import { logger } from '../../log/logger'
import { applyLogs, applyReceipt } from '../../mirror/apply-logs'
import type { MirrorEvent } from '../../mirror/parse-logs'
import { parseLogs } from '../../mirror/parse-logs'
import { retryConflicts } from '../../mirror/retry-conflicts'
import { runTransaction } from '../../mirror/run-transaction'
import { findSuspects } from '../bundle/find-suspects'
import type { Ending } from '../key/await-mined'
import { findReceipt, type Receipt } from '../key/broadcast'
import type { KeyContext } from '../key/key-context'
import type { StoredTransaction } from '../key/store-transaction'
import { finishTasks, recordDropped, recordMined } from './record-ending'
import { announceReleased, releaseWork } from './release-work'
import { waitForMirror } from './wait-for-mirror'

/**
 * Brings intents and tasks to what became of their transaction. Idempotent; results come from events, never from the
 * transaction's status. Its commits need not be durable: what is lost with the database, the chain tells again.
 * @returns what became of it after all: an attempt may be found mined that seemed lost @throws LeaseLost
 */
export async function settleTransaction(
  key: KeyContext,
  ending: Ending,
): Promise<Ending> {
  const found = ending.kind === 'lost' ? await lookAgain(key, ending) : ending
  await settle(key, found)
  return found
}

async function settle(key: KeyContext, ending: Ending): Promise<void> {
  const { transaction } = ending
  if (ending.kind === 'lost')
    return release(key, transaction, [], (target) =>
      recordDropped(target, key.lease, transaction.id),
    )
  const { receipt } = ending
  if (ending.kind === 'cancelled') {
    logger.warn(named(transaction), 'a no-op took its place')
    const suspects = ending.isRefused ? null : []
    return release(key, transaction, suspects, (client) =>
      recordMined(
        ...([client, key.lease, transaction, receipt] as const),
        ...(['cancelled', true] as const),
      ),
    )
  }
  if (transaction.purpose !== 'bundle')
    return settleOther(key, transaction, receipt)
  if (receipt.status === 'reverted')
    return settleFailed(key, transaction, receipt)
  if (await applyBundle(key, transaction, receipt)) return
  const record = (target: Pick<PoolClient, 'query'>, withUndone: boolean) =>
    recordMined(
      ...([target, key.lease, transaction, receipt] as const),
      ...(['included', withUndone] as const),
    )
  const undone = await retryConflicts(() => record(key.database.pool, false))
  if (undone > 0)
    await release(key, transaction, null, (client) => record(client, true))
}

/**
 * When someone was faster with one of our intents, the earlier blocks tell so; they must be applied first.
 * @returns whether what the bundle cost is recorded with it
 */
async function applyBundle(
  key: KeyContext,
  transaction: StoredTransaction,
  receipt: Receipt,
): Promise<boolean> {
  const { logs, blockNumber } = receipt
  const wasOvertaken = parseLogs(logs, key.sessionManager).some(isUsedPlace)
  if (wasOvertaken)
    await waitForMirror(key.database, blockNumber, key.lease.lost)
  const bill = { transaction, receipt, fence: key.lease }
  return retryConflicts(() => applyReceipt(key, bill))
}

function isUsedPlace(event: MirrorEvent): boolean {
  return (
    event.name === 'IntentRejected' &&
    reasonOfSelector(event.rejection.reasonSelector) === 'sequence_used'
  )
}

/** All of it came to nothing. Those that may be why travel alone from now on; the others go on as if nothing had been. */
async function settleFailed(
  key: KeyContext,
  transaction: StoredTransaction,
  receipt: Receipt,
): Promise<void> {
  const suspects = await findSuspects(
    key,
    transaction.intents.map(({ id }) => id),
  )
  logger.warn(
    { ...named(transaction), suspects: suspects.length },
    'a bundle failed as a whole',
  )
  await release(key, transaction, suspects, (client) =>
    recordMined(
      ...([client, key.lease, transaction, receipt] as const),
      ...(['failed', true] as const),
    ),
  )
}

/** The nonce is gone to a transaction that is not ours. What it may have done must be known before work is done again. */
async function lookAgain(
  { client, database, lease }: KeyContext,
  ending: Extract<Ending, { kind: 'lost' }>,
): Promise<Ending> {
  const { transaction, head } = ending
  logger.warn(named(transaction), 'nonce used by another')
  await waitForMirror(database, head, lease.lost)
  const hashes = transaction.attempts.map(({ hash }) => hash)
  const receipt = await findReceipt(client, hashes)
  return receipt ? { kind: 'mined', transaction, receipt } : ending
}

async function settleOther(
  key: KeyContext,
  transaction: StoredTransaction,
  receipt: Receipt,
): Promise<void> {
  if (receipt.logs.length > 0)
    await retryConflicts(() => applyLogs(key, receipt.logs, 'own'))
  await runTransaction(key.database, async (client) => {
    await recordMined(
      ...([client, key.lease, transaction, receipt] as const),
      ...(['included', true] as const),
    )
    await finishTasks(client, transaction.id, receipt)
  })
}

/** What became of the transaction, and its work back in the queue: both or nothing. */
async function release(
  key: KeyContext,
  { id }: StoredTransaction,
  suspects: readonly Hex[] | null,
  record: (client: PoolClient) => Promise<unknown>,
): Promise<void> {
  const released = await runTransaction(key.database, async (client) => {
    await record(client)
    return releaseWork(client, key.lease, id, suspects)
  })
  await announceReleased(key.database, released)
}

function named({ id, signer, nonce, purpose }: StoredTransaction) {
  return { transactionId: id, signer, nonce, purpose }
}
