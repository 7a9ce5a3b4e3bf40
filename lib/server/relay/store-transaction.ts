import { randomUUID } from 'node:crypto'
import type { Address, Hex } from 'viem'
import type { Database } from '../db/database'
import type { Fees } from './fees'

/** What a transaction is for. */
export type Purpose = 'bundle' | 'publish' | 'revoke' | 'pause' | 'unpause'

/** Work that goes out as one transaction. */
export type Job = {
  purpose: Purpose
  data: Hex
  gas: bigint
  /** Intents it carries, in the order of the bundle. */
  intentIds: Hex[]
  /** Task it does. */
  taskId: string | null
}

/** A signed transaction as it is stored before it is broadcast. */
export type StoredAttempt = { hash: Hex; raw: Hex } & Fees

/** One nonce of one key, with everything that was ever signed for it. */
export type StoredTransaction = {
  id: string
  signer: Address
  nonce: number
  purpose: Purpose | 'noop'
  /** Oldest first. */
  attempts: StoredAttempt[]
}

/** Division by zero: how the statement says that its work has changed since, and undoes itself. */
const STALE = '22012'

const statement = `
  WITH tx AS (
    INSERT INTO "RelayTransaction" (id, signer, nonce, slot, fence, purpose)
    VALUES ($1, $2, $3, $2 || ':' || $3::int::text, 0, $4::"TransactionPurpose")),
  attempt AS (
    INSERT INTO "RelayAttempt" (hash, "transactionId", raw, "maxFeePerGas", "maxPriorityFeePerGas")
    VALUES ($5, $1, $6, $7, $8)),
  intents AS (
    UPDATE "Intent" i SET status = 'submitted', "transactionId" = $1, "submittedAt" = now()
    FROM "Session" s
    WHERE i.id = ANY($9) AND i.status = 'queued' AND s.id = i."sessionId" AND s."revokeRequestedAt" IS NULL
    RETURNING i.id),
  task AS (
    UPDATE "RelayTask" SET status = 'submitted', "transactionId" = $1, attempts = attempts + 1
    WHERE id = $10 AND status = 'queued' RETURNING id)
  SELECT 1 / (CASE WHEN (SELECT count(*) FROM intents) = cardinality($9::text[])
    AND (SELECT count(*) FROM task) = (CASE WHEN $10::uuid IS NULL THEN 0 ELSE 1 END) THEN 1 ELSE 0 END)`

/**
 * Takes the nonce, stores the signed transaction and marks its work as submitted: one statement, durable when this
 * resolves. From then on the transaction is sent, again and again if need be, until its nonce is used.
 * @returns null when some of the work was cancelled meanwhile; then nothing was stored and the nonce is free.
 */
export async function storeTransaction(
  { pool }: Database,
  signer: Address,
  nonce: number,
  job: Job,
  attempt: StoredAttempt,
): Promise<StoredTransaction | null> {
  const id = randomUUID()
  try {
    await pool.query({
      name: 'store-transaction',
      text: statement,
      values: [
        ...[id, signer, nonce, job.purpose, attempt.hash, attempt.raw],
        attempt.maxFeePerGas.toString(),
        attempt.maxPriorityFeePerGas.toString(),
        job.intentIds,
        job.taskId,
      ],
    })
  } catch (error) {
    if ((error as { code?: string }).code === STALE) return null
    throw error
  }
  const { purpose } = job
  return { id, signer, nonce, purpose, attempts: [attempt] }
}

/** Stores a replacement, before it is broadcast. */
export async function storeAttempt(
  { prisma }: Database,
  transactionId: string,
  { hash, raw, maxFeePerGas, maxPriorityFeePerGas }: StoredAttempt,
): Promise<void> {
  await prisma.relayAttempt.create({
    data: {
      ...{ hash, raw, transactionId },
      maxFeePerGas: maxFeePerGas.toString(),
      maxPriorityFeePerGas: maxPriorityFeePerGas.toString(),
    },
  })
}

/** Transactions of a key whose nonce is not known to be used, oldest first. */
export async function loadPrepared(
  { prisma }: Database,
  signer: Address,
): Promise<StoredTransaction[]> {
  const rows = await prisma.relayTransaction.findMany({
    where: { signer, state: 'prepared' },
    include: { attempts: { orderBy: { createdAt: 'asc' } } },
    orderBy: { nonce: 'asc' },
  })
  return rows.map(({ id, nonce, purpose, attempts }) => ({
    ...{ id, signer, nonce, purpose },
    attempts: attempts.map((attempt) => ({
      hash: attempt.hash as Hex,
      raw: attempt.raw as Hex,
      maxFeePerGas: BigInt(attempt.maxFeePerGas.toFixed()),
      maxPriorityFeePerGas: BigInt(attempt.maxPriorityFeePerGas.toFixed()),
    })),
  }))
}
