import type { Database } from '../db/database'
import { logger } from '../log/logger'
import { getTracing, type SpanAttributes, type Tracing } from './tracing'

/** A transaction whose work is settled, and when. Unix milliseconds. */
export type TransactionTimes = {
  transactionId: string
  txHash: string
  /** Its work was looked for; when it is taken up after a start, that began. */
  startedMs: number
  /** Chosen, encoded and signed. */
  builtMs: number
  minedMs: number
  settledMs: number
}

type TracedIntent = {
  id: string
  sessionId: string
  status: string
  traceParent: string
  queuedMs: number
}

/**
 * Continues the traces of the intents that a transaction settled: from the queue to what became of them. One intent
 * alone gets the stages of its transaction too; several share a trace of the bundle, linked with theirs. Does nothing
 * without tracing, and never fails.
 */
export async function traceTransaction(
  { pool }: Database,
  times: TransactionTimes,
): Promise<void> {
  const tracing = getTracing()
  if (!tracing) return
  try {
    const { rows } = await pool.query<TracedIntent>({
      name: 'traced-intents',
      text: `SELECT id, "sessionId", status::text, "traceParent",
               (extract(epoch FROM "queuedAt") * 1000)::float8 AS "queuedMs"
             FROM "Intent" WHERE "transactionId" = $1 AND "traceParent" IS NOT NULL
               AND status IN ('confirmed', 'reverted', 'rejected')`,
      values: [times.transactionId],
    })
    record(tracing, rows, times)
  } catch (error) {
    const { transactionId } = times
    logger.debug({ err: error, transactionId }, 'not traced')
  }
}

function record(
  tracing: Tracing,
  intents: readonly TracedIntent[],
  times: TransactionTimes,
): void {
  const [first] = intents
  if (!first) return
  const { transactionId, txHash, startedMs, settledMs } = times
  const about = { 'playkey.transaction_id': transactionId, 'tx.hash': txHash }
  if (intents.length === 1) {
    recordStages(tracing, recordIntent(tracing, first, times, []), times, about)
    return
  }
  const bundle = tracing.record({
    ...{ name: 'bundle', startMs: startedMs, endMs: settledMs, parent: null },
    attributes: { ...about, 'playkey.intents': intents.length },
    links: intents.map(({ traceParent }) => traceParent),
  })
  recordStages(tracing, bundle, times, about)
  for (const intent of intents) recordIntent(tracing, intent, times, [bundle])
}

function recordIntent(
  tracing: Tracing,
  { id, sessionId, status, traceParent, queuedMs }: TracedIntent,
  { transactionId, txHash, settledMs }: TransactionTimes,
  links: string[],
): string {
  return tracing.record({
    ...{ name: 'relay', startMs: queuedMs, endMs: settledMs },
    attributes: {
      'playkey.calls_id': id,
      'playkey.session_id': sessionId,
      'playkey.status': status,
      'playkey.transaction_id': transactionId,
      'tx.hash': txHash,
    },
    ...{ parent: traceParent, links },
  })
}

function recordStages(
  tracing: Tracing,
  parent: string,
  { startedMs, builtMs, minedMs, settledMs }: TransactionTimes,
  attributes: SpanAttributes,
): void {
  const stages = [
    ['build', startedMs, builtMs],
    ['submit', builtMs, minedMs],
    ['settle', minedMs, settledMs],
  ] as const
  for (const [name, startMs, endMs] of stages)
    tracing.record({ name, startMs, endMs, attributes, parent, links: [] })
}
