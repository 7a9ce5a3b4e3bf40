import type { Database } from '../../db/database'
import { nowMs } from '../../observe/note-admission'
import { timeStage } from '../../observe/note-stage'
import { noteTransaction } from '../../observe/note-transaction'
import { traceTransaction } from '../../observe/trace-transaction'
import type { Ending } from '../key/await-mined'

/** When a transaction of this worker reached each stage, as `nowMs` counts. */
export type SendTimes = { startedMs: number; builtMs: number; minedMs: number }

/** Counts and traces a transaction that is settled. @param times Null for one that an earlier holder of the key began. */
export function noteEnding(
  database: Database,
  ending: Ending,
  times: SendTimes | null,
): void {
  const settledMs = nowMs()
  const { id, purpose, intents } = ending.transaction
  const receipt = ending.kind === 'lost' ? null : ending.receipt
  noteTransaction({
    ...{ purpose, ending: toName(ending), intents: intents.length },
    gasUsed: receipt?.gasUsed ?? null,
    gasPriceWei: receipt?.effectiveGasPrice ?? null,
  })
  if (times) {
    timeStage('mined', times.minedMs - times.builtMs)
    timeStage('settled', settledMs - times.minedMs)
  }
  if (!receipt) return
  const taken = { startedMs: settledMs, builtMs: settledMs, minedMs: settledMs }
  void traceTransaction(database, {
    ...{ ...taken, ...times, settledMs },
    ...{ transactionId: id, txHash: receipt.transactionHash },
  })
}

function toName(ending: Ending) {
  if (ending.kind === 'lost') return 'dropped'
  if (ending.kind === 'cancelled') return 'cancelled'
  return ending.receipt.status === 'success' ? 'included' : 'failed'
}
