import { setTimeout as sleep } from 'node:timers/promises'
import { type Hex, keccak256, parseTransaction } from 'viem'
import { logger } from '../log/logger'
import { broadcast, findReceipt, type Receipt } from './broadcast'
import type { FeeBook } from './fees'
import type { RelayContext } from './relay-context'
import type { Signer } from './signer'
import {
  type Job,
  loadPrepared,
  type StoredAttempt,
  type StoredTransaction,
  storeAttempt,
  storeTransaction,
} from './store-transaction'

const POLL_FIRST_MS = 20
const POLL_MAX_MS = 500
/** An unmined transaction is handed to the node again this often. */
const REBROADCAST_MS = 2_000

export type LaneOptions = {
  context: RelayContext
  signer: Signer
  fees: FeeBook
  /** How long a transaction may stay unmined before it is replaced by a dearer one. */
  stuckAfterMs: number
  /** Aborts waiting when the worker stops; what is stored is taken up again at the next start. */
  signal: AbortSignal
}

/** How a stored transaction ended. `lost`: its nonce was used by a transaction that is not ours. */
export type Ending =
  | { kind: 'mined'; transaction: StoredTransaction; receipt: Receipt }
  | { kind: 'lost'; transaction: StoredTransaction }

/** One key's transactions, one at a time, in the order of their nonces. A transaction's nonce never changes. */
export type TransactionLane = {
  /** Stores, sends and waits. Null when the work was cancelled before anything was stored. */
  send(job: Job): Promise<Ending | null>
  /** Takes up what an earlier process, or an undone block, left behind, oldest first. */
  recover(settle: (ending: Ending) => Promise<void>): Promise<void>
}

export function createTransactionLane(options: LaneOptions): TransactionLane {
  const { context, signer } = options
  const { client, database } = context
  let nextNonce: number | null = null

  const readNonce = () =>
    client.getTransactionCount({ address: signer.address, blockTag: 'latest' })

  return {
    async send(job) {
      nextNonce ??= await readNonce()
      const nonce = nextNonce
      const attempt = await signAttempt(options, job, nonce)
      const stored = await storeTransaction(
        ...([database, signer.address, nonce, job, attempt] as const),
      )
      if (!stored) return null
      nextNonce = nonce + 1
      const ending = await awaitMined(options, stored, true)
      if (ending.kind === 'lost') nextNonce = null
      return ending
    },
    async recover(settle) {
      for (const stored of await loadPrepared(database, signer.address)) {
        logger.info(
          { transactionId: stored.id, nonce: stored.nonce },
          'recovering a transaction',
        )
        await settle(await awaitMined(options, stored, false))
      }
      nextNonce = null
    },
  }
}

async function signAttempt(
  { signer, fees }: LaneOptions,
  job: Pick<Job, 'data' | 'gas'>,
  nonce: number,
): Promise<StoredAttempt> {
  const price = await fees.current()
  const { data, gas } = job
  const raw = await signer.sign({ nonce, data, gas, ...price })
  return { hash: keccak256(raw), raw, ...price }
}

/** Sends the newest attempt until one of them is mined or the nonce is gone. */
async function awaitMined(
  options: LaneOptions,
  transaction: StoredTransaction,
  isNew: boolean,
): Promise<Ending> {
  const { client } = options.context
  const startedMs = Date.now()
  let attemptMs = startedMs
  let sentMs = 0
  for (
    let pollMs = POLL_FIRST_MS;
    ;
    pollMs = Math.min(pollMs * 2, POLL_MAX_MS)
  ) {
    options.signal.throwIfAborted()
    try {
      // After a start or an undone block the transaction may be mined already.
      if (sentMs > 0 || !isNew) {
        const receipt = await findReceipt(client, hashesOf(transaction))
        if (receipt) return { kind: 'mined', transaction, receipt }
        if (await isNonceUsed(options, transaction))
          return endUsedNonce(options, transaction)
      }
      if (Date.now() - sentMs > REBROADCAST_MS) {
        sentMs = Date.now()
        const receipt = await sendNewest(options, transaction)
        if (receipt) return { kind: 'mined', transaction, receipt }
      }
      if (Date.now() - attemptMs > options.stuckAfterMs) {
        attemptMs = Date.now()
        if (await replace(options, transaction))
          await sendNewest(options, transaction)
      }
    } catch (error) {
      logger.warn(
        { err: error, transactionId: transaction.id },
        'chain does not answer',
      )
    }
    await sleep(pollMs, undefined, { signal: options.signal })
  }
}

async function sendNewest(
  { context }: LaneOptions,
  transaction: StoredTransaction,
): Promise<Receipt | null> {
  const newest = transaction.attempts.at(-1)
  if (!newest) return null
  const { receipt, refusal } = await broadcast(context.client, newest.raw)
  if (refusal)
    logger.debug({ transactionId: transaction.id, refusal }, 'not taken')
  return receipt
}

/** A dearer attempt for the same nonce; false when the fees are at their cap. */
async function replace(
  options: LaneOptions,
  transaction: StoredTransaction,
): Promise<boolean> {
  const newest = transaction.attempts.at(-1)
  const price = newest && (await options.fees.raise(newest))
  if (!newest || !price) return false
  const { nonce, id } = transaction
  const { data, gas } = parseTransaction(newest.raw)
  if (!data || !gas) return false
  const raw = await options.signer.sign({ nonce, data, gas, ...price })
  const attempt = { hash: keccak256(raw), raw, ...price }
  await storeAttempt(options.context.database, id, attempt)
  transaction.attempts.push(attempt)
  logger.info({ transactionId: id, nonce, hash: attempt.hash }, 'replaced')
  return true
}

async function isNonceUsed(
  { context, signer }: LaneOptions,
  { nonce }: StoredTransaction,
): Promise<boolean> {
  const used = await context.client.getTransactionCount({
    address: signer.address,
    blockTag: 'latest',
  })
  return used > nonce
}

/** Looks once more for each attempt: a node may count a nonce before it serves the receipt. */
async function endUsedNonce(
  { context }: LaneOptions,
  transaction: StoredTransaction,
): Promise<Ending> {
  for (let tries = 0; tries < 10; tries += 1) {
    const receipt = await findReceipt(context.client, hashesOf(transaction))
    if (receipt) return { kind: 'mined', transaction, receipt }
    await sleep(200)
  }
  return { kind: 'lost', transaction }
}

function hashesOf({ attempts }: StoredTransaction): Hex[] {
  return attempts.map(({ hash }) => hash).reverse()
}
