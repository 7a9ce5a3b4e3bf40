import type { PoolClient } from 'pg'
import type { Hex } from 'viem'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import { logger } from '../log/logger'
import { noteReorganisation } from '../observe/note-transaction'
import { notifyEvents } from '../relay/notify-events'
import type { RelayContext } from '../relay/relay-context'
import { changeBudgets } from '../sponsor/change-budgets'
import { refundGas } from '../sponsor/charge-gas'
import { readLast } from './mirror-blocks'
import { refreshSessions } from './refresh-sessions'
import { runTransaction } from './run-transaction'
import { undoPolicies } from './undo-policies'
import { undoSessions } from './undo-sessions'

/** Statuses are taken back, and what was reserved is reserved again. Those that were refused get their place back too: the other branch may execute them. */
const restoreIntents = `
  WITH restored AS (
    UPDATE "Intent" SET status = CASE WHEN "transactionId" IS NULL THEN 'queued' ELSE 'submitted' END::"IntentStatus",
      place = "sessionId" || ':' || lane || ':' || sequence,
      reason = NULL, "txHash" = NULL, "blockNumber" = NULL, "settledAt" = NULL
    WHERE "blockNumber" > $1 AND packed IS NOT NULL
    RETURNING id, "sessionId", lane, sequence, status, gas),
  ${changeBudgets({ from: 'restored', reserved: 'x.gas' })}
  SELECT id, "sessionId", lane::int, sequence::int, status::text FROM restored`

type RestoredIntent = {
  id: Hex
  sessionId: Hex
  lane: number
  sequence: number
  status: 'queued' | 'submitted'
}

/**
 * Takes back everything that blocks after `ancestor` had settled, in one transaction: statuses return to `submitted`,
 * our transactions to `prepared` (they are sent again as they are, with their nonces), sessions, policies and accounts
 * to what the blocks before say. Counters are then read from the chain; until that is done the sessions are marked.
 */
export async function undoBlocks(
  context: RelayContext,
  ancestor: bigint,
): Promise<void> {
  const last = await readLast(context.database)
  const sessions = await runTransaction(context.database, async (client) => {
    // Nobody applies events meanwhile: those of a new branch must not be taken back with the old.
    await client.query('LOCK TABLE "ChainEvent" IN SHARE ROW EXCLUSIVE MODE')
    return undoWithin(client, ancestor)
  })
  // A block that only a receipt told of lies above the last one.
  const depth = last && last.number > ancestor ? last.number - ancestor : 1n
  noteReorganisation(depth)
  logger.warn(
    {
      ...{ ancestor: ancestor.toString(), depth: Number(depth) },
      sessions: sessions.length,
    },
    'blocks were undone',
  )
  await refreshSessions(context, sessions).catch((error) =>
    logger.warn({ err: error }, 'counters of undone blocks are read later'),
  )
}

async function undoWithin(
  client: PoolClient,
  ancestor: bigint,
): Promise<Hex[]> {
  const after = [ancestor.toString()]
  await client.query(refundGas('$1::bigint'), after)
  await client.query(
    'DELETE FROM "Intent" WHERE "blockNumber" > $1 AND packed IS NULL',
    after,
  )
  const { rows: intents } = await client.query<RestoredIntent>(
    restoreIntents,
    after,
  )
  const { rows: touched } = await client.query<{ subject: Hex }>(
    `SELECT DISTINCT subject FROM "ChainEvent"
     WHERE "blockNumber" > $1 AND name IN ('IntentExecuted', 'IntentRejected')`,
    after,
  )
  const { rows: events } = await client.query<{ name: string; subject: Hex }>(
    `DELETE FROM "ChainEvent" WHERE "blockNumber" > $1
       AND name NOT IN ('IntentExecuted', 'IntentRejected') RETURNING name, subject`,
    after,
  )
  await client.query('DELETE FROM "ChainEvent" WHERE "blockNumber" > $1', after)
  await undoTransactions(client, after)
  const sessions = await undoSessions(client, events, touched.map(toSubject))
  const policies = await undoPolicies(client, events)
  await client.query('DELETE FROM "MirrorBlock" WHERE number > $1', after)
  await client.query(
    'UPDATE "ChainHead" SET "finalNumber" = LEAST("finalNumber", $1)',
    after,
  )
  await notifyEvents(client, [
    ...intents.map(toNews),
    ...sessions.news,
    ...policies,
  ])
  return sessions.ids
}

const toSubject = ({ subject }: { subject: Hex }) => subject

/** On its way again: not in any block. */
function toNews({ id, sessionId, lane, sequence, status }: RestoredIntent) {
  return {
    type: 'intent',
    ...{ id, sessionId, lane, sequence, status },
    ...{ reason: null, txHash: null, blockNumber: null, settledAtMs: null },
  } satisfies RelayEvent
}

async function undoTransactions(
  client: PoolClient,
  after: string[],
): Promise<void> {
  await client.query(
    `UPDATE "RelayTask" k SET status = 'submitted', "settledAt" = NULL, "txHash" = NULL
     FROM "RelayTransaction" t WHERE t.id = k."transactionId" AND t."blockNumber" > $1 AND k.status = 'done'`,
    after,
  )
  await client.query(
    `UPDATE "RelayTransaction" SET state = 'prepared', "minedHash" = NULL, "blockNumber" = NULL
     WHERE "blockNumber" > $1`,
    after,
  )
}
