import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import { channels } from '../db/channels'
import { listen } from '../db/listen'
import { logger } from '../log/logger'
import { syncBlocks } from '../mirror/sync-blocks'
import { createFeeBook, type FeeBook } from './fees'
import { nextBundle, nextTask } from './next-job'
import type { RelayContext } from './relay-context'
import { settleTransaction } from './settle-transaction'
import { createSigner, type SignerRole } from './signer'
import { createTransactionLane, type TransactionLane } from './transaction-lane'
import { createWakeup, type Wakeup } from './wakeup'

/** The chain is looked at this often; a notification does not replace it. */
const SYNC_MS = 250
/** Queues are looked at this often even when nobody notifies. */
const SAFETY_POLL_MS = 1_000

export type EngineOptions = {
  context: RelayContext
  keys: Record<SignerRole, Hex>
  /** Highest fee per gas ever paid, in wei. */
  maxFeePerGasWei: bigint
  stuckAfterMs: number
  signal: AbortSignal
}

type Lane = {
  role: SignerRole
  address: Hex
  lane: TransactionLane
  wakeup: Wakeup
  /** Blocks were undone: look at what was mined before, first. */
  mustRecover: boolean
  /** Tasks may be queued. */
  hasTasks: boolean
  tasksReadMs: number
  /** The last transaction did a task: moves come first now, so that a flood of tasks holds up no player. */
  hasDoneTask: boolean
}

/** What the chain said last. */
type Head = { aheadSeconds: number }

/** Works until `signal` aborts. @throws when the database or the chain stays away; what is stored is not lost. */
export async function runEngine(options: EngineOptions): Promise<void> {
  const { context, signal } = options
  const fees = createFeeBook(context.client, options.maxFeePerGasWei)
  const lanes = (['relayer', 'revoker'] as const).map((role) =>
    openLane(options, role, fees),
  )
  const head: Head = { aheadSeconds: 0 }
  await sync(context, fees, lanes, head)
  const listener = listen(
    context.database.url,
    [channels.work],
    (_, payload) => wakeAll(lanes, payload),
    () => wakeAll(lanes, 'task'),
  )
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  logger.info({ relayer: lanes[0]?.address }, 'worker is at work')
  const loops = [
    runMirror(context, fees, lanes, head, either),
    ...lanes.map((lane) => runLane(context, lane, head, either)),
  ].map((loop) =>
    loop.catch((error) => {
      failed.abort()
      if (!signal.aborted) throw error
    }),
  )
  const results = await Promise.allSettled(loops)
  await listener.close()
  const broken = results.find((result) => result.status === 'rejected')
  if (broken && !signal.aborted) throw broken.reason
}

function openLane(
  options: EngineOptions,
  role: SignerRole,
  fees: FeeBook,
): Lane {
  const { context, keys, maxFeePerGasWei, stuckAfterMs, signal } = options
  const { chainId, sessionManager } = context
  const signer = createSigner(role, keys[role], {
    ...{ chainId, sessionManager, maxFeePerGasWei },
  })
  return {
    role,
    address: signer.address,
    lane: createTransactionLane({
      ...{ context, signer, fees, stuckAfterMs, signal },
    }),
    wakeup: createWakeup(),
    mustRecover: true,
    hasTasks: true,
    tasksReadMs: 0,
    hasDoneTask: false,
  }
}

function wakeAll(lanes: readonly Lane[], payload: string): void {
  for (const lane of lanes) {
    if (payload === 'task') lane.hasTasks = true
    if (payload === 'task' || lane.role === 'relayer') lane.wakeup.wake()
  }
}

async function runMirror(
  context: RelayContext,
  fees: FeeBook,
  lanes: readonly Lane[],
  head: Head,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(SYNC_MS, undefined, { signal })
    await sync(context, fees, lanes, head).catch((error) =>
      logger.warn({ err: error }, 'mirror cannot read the chain'),
    )
  }
}

async function sync(
  context: RelayContext,
  fees: FeeBook,
  lanes: readonly Lane[],
  head: Head,
): Promise<void> {
  const { block, aheadSeconds, isReorganised } = await syncBlocks(context)
  fees.noteBaseFee(block.baseFeePerGas ?? 0n)
  head.aheadSeconds = aheadSeconds
  if (!isReorganised) return
  logger.warn({ block: block.number.toString() }, 'blocks were undone')
  for (const lane of lanes) {
    lane.mustRecover = true
    lane.wakeup.wake()
  }
}

/** One key's work, one transaction after the other: everything that queued up meanwhile goes into the next. */
async function runLane(
  context: RelayContext,
  lane: Lane,
  head: Head,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await recover(context, lane)
    const job = await nextJob(context, lane, head)
    if (!job) {
      await lane.wakeup.wait(SAFETY_POLL_MS, signal)
      continue
    }
    const startedMs = performance.now()
    const ending = await lane.lane.send(job)
    if (!ending) continue
    await settleTransaction(context, ending)
    logger.debug(
      {
        transactionId: ending.transaction.id,
        purpose: job.purpose,
        intents: job.intentIds.length,
        ms: Math.round(performance.now() - startedMs),
      },
      'settled',
    )
  }
}

async function recover(context: RelayContext, lane: Lane): Promise<void> {
  if (!lane.mustRecover) return
  await lane.lane.recover((ending) => settleTransaction(context, ending))
  lane.mustRecover = false
}

async function nextJob(context: RelayContext, lane: Lane, head: Head) {
  const findBundle = () =>
    lane.role === 'relayer' ? nextBundle(context, head.aheadSeconds) : null
  const isMovesTurn = lane.hasDoneTask
  lane.hasDoneTask = false
  if (isMovesTurn) {
    const bundle = await findBundle()
    if (bundle) return bundle
  }
  const task = await findTask(context, lane)
  lane.hasDoneTask = task !== null
  return task ?? findBundle()
}

async function findTask(context: RelayContext, lane: Lane) {
  const mayHaveTasks =
    lane.hasTasks || Date.now() - lane.tasksReadMs > SAFETY_POLL_MS
  if (!mayHaveTasks) return null
  lane.hasTasks = false
  lane.tasksReadMs = Date.now()
  const task = await nextTask(context, lane.role, lane.address)
  if (task) lane.hasTasks = true
  return task
}
