import { logger } from '../../log/logger'
import { nowMs } from '../../observe/note-admission'
import { createJobQueue } from '../bundle/job-queue'
import { noteEnding, type SendTimes } from '../settle/note-ending'
import { settleTransaction } from '../settle/settle-transaction'
import type { Bell } from '../wakeup'
import type { Ending } from './await-mined'
import { hasPrepared } from './held-nonces'
import type { KeyContext } from './key-context'
import type { Job } from './store-transaction'
import { createTransactionLane } from './transaction-lane'

/** Work is looked for this often even when nobody tells of any. */
const SAFETY_POLL_MS = 1_000
/** Transactions that lie there unsent, because blocks were undone or a gap was filled, are looked for this often. */
const LEFTOVERS_MS = 2_000

/**
 * One key's work while its lease is held, one transaction after the other: everything that queued up meanwhile goes
 * into the next. What became of one is written down while the next is made.
 * @param settler The same, with a database whose commits need not be durable.
 * @throws LeaseLost
 */
export async function runKey(
  key: KeyContext,
  settler: KeyContext,
  bell: Bell,
): Promise<void> {
  const { balance, lease, patience } = key
  const lane = createTransactionLane(key)
  const jobs = createJobQueue(key)
  const settling = createSettling(settler, () => bell.wake('released'))
  let mustRestore = true
  let minedId: string | null = null
  let lookedMs = Date.now()
  logger.debug({ lease: lease.name, patience }, 'key is at work')

  while (!lease.ending.aborted) {
    const news = bell.take()
    if (news.has('task')) jobs.noteTask()
    if (news.has('undone')) mustRestore = true
    if (Date.now() - lookedMs > LEFTOVERS_MS) {
      await settling.done()
      mustRestore ||= await hasPrepared(key.database, key.signer.address)
      lookedMs = Date.now()
    }
    if (mustRestore) {
      await settling.done()
      await lane.restore(async (ending) => {
        const found = await settleTransaction(settler, ending)
        noteEnding(settler.database, found, null)
      })
      mustRestore = false
    }
    const startedMs = nowMs()
    const job: Job | null = (await balance.mayWork())
      ? await jobs.next(minedId)
      : null
    if (!job) {
      await bell.wait(SAFETY_POLL_MS, lease.ending)
      continue
    }
    const builtMs = nowMs()
    const ending = await lane.send(job)
    if (!ending) continue
    const times = { startedMs, builtMs, minedMs: nowMs() }
    if (ending.kind !== 'lost') balance.noteCost(ending.receipt)
    await settling.done()
    settling.start(ending, times)
    // Until it is settled, a session whose grant it carried would carry it again.
    minedId = isPlain(ending) && !job.hasGrants ? ending.transaction.id : null
    if (!isPlain(ending)) {
      await settling.done()
      mustRestore = true
    }
    logSent(job, ending, times)
  }
  await settling.done()
}

/** Settles one transaction at a time, beside other work. */
function createSettling(settler: KeyContext, onSettled: () => void) {
  let current: Promise<unknown> = Promise.resolve(null)
  return {
    start(ending: Ending, times: SendTimes): void {
      current = settleTransaction(settler, ending).then(
        (found) => {
          noteEnding(settler.database, found, times)
          // Sessions whose intents were on their way may have more.
          onSettled()
          return null
        },
        (error: unknown) => error ?? new Error('settling failed'),
      )
    },
    /** Waits until nothing is being settled. @throws what went wrong; the transaction is taken up again then */
    async done(): Promise<void> {
      const error = await current
      current = Promise.resolve(null)
      if (error) throw error
    },
  }
}

function isPlain(ending: Ending): boolean {
  return ending.kind === 'mined' && ending.receipt.status === 'success'
}

function logSent(job: Job, ending: Ending, times: SendTimes): void {
  const { id, nonce, signer } = ending.transaction
  const { transactionHash: txHash } =
    ending.kind === 'lost' ? { transactionHash: null } : ending.receipt
  logger.debug(
    {
      ...{ transactionId: id, txHash, signer, nonce },
      ...{ purpose: job.purpose, kind: ending.kind },
      intents: job.intents.length,
      ms: Math.round(times.minedMs - times.builtMs),
    },
    'sent',
  )
}
