import { randomUUID } from 'node:crypto'
import { type Address, type Hex, isAddressEqual, parseTransaction } from 'viem'
import type { Database } from '../../db/database'
import { hasUndoneItself } from '../../db/has-undone-itself'
import { type Fence, holdsLease, LeaseLost } from '../lease/fence'
import type { Fees } from './fees'

/** What a transaction is for. `noop`: using up a nonce that nothing else will. */
export type Purpose =
  | 'bundle'
  | 'publish'
  | 'revoke'
  | 'pause'
  | 'unpause'
  | 'noop'

/** An intent in a bundle. */
export type CarriedIntent = {
  id: Hex
  sessionId: Hex
  lane: number
  sequence: number
  /** Gas that it was admitted for. */
  gas: number
}

/** Work that goes out as one transaction. */
export type Job = {
  purpose: Exclude<Purpose, 'noop'>
  data: Hex
  gas: bigint
  /** In the order of the bundle. */
  intents: CarriedIntent[]
  /** Grants travel along. */
  hasGrants: boolean
  /** It is a suspect that travels alone. */
  isSuspect: boolean
  /** Task it does. */
  taskId: string | null
}

/** A signed transaction as it is stored before it is broadcast. */
export type StoredAttempt = {
  hash: Hex
  raw: Hex
  /** It does nothing, in place of the transaction's work. */
  isNoop: boolean
} & Fees

/** One nonce of one key, with everything that was ever signed for it. */
export type StoredTransaction = {
  id: string
  signer: Address
  nonce: number
  purpose: Purpose
  /** Intents that it carries. */
  intents: CarriedIntent[]
  /** Oldest first. */
  attempts: StoredAttempt[]
}

const statement = `
  WITH lease AS MATERIALIZED (${holdsLease('$11', '$12')}),
  tx AS (
    INSERT INTO "RelayTransaction" (id, signer, nonce, slot, fence, purpose)
    SELECT $1, $2, $3, $2 || ':' || $3::int::text, $12, $4::"TransactionPurpose" FROM lease
    RETURNING id),
  attempt AS (
    INSERT INTO "RelayAttempt" (hash, "transactionId", raw, "maxFeePerGas", "maxPriorityFeePerGas")
    SELECT $5, id, $6, $7, $8 FROM tx),
  intents AS (
    UPDATE "Intent" i SET status = 'submitted', "transactionId" = $1, "submittedAt" = now()
    FROM "Session" s
    WHERE i.id = ANY($9) AND i.status = 'queued' AND s.id = i."sessionId" AND s."revokeRequestedAt" IS NULL
      AND EXISTS (SELECT FROM lease)
    RETURNING i.id),
  task AS (
    UPDATE "RelayTask" SET status = 'submitted', "transactionId" = $1, attempts = attempts + 1
    WHERE id = $10 AND status = 'queued' AND EXISTS (SELECT FROM lease)
    RETURNING id)
  SELECT (SELECT count(*) FROM lease)::int AS held, 1 / (CASE WHEN NOT EXISTS (SELECT FROM lease)
    OR (SELECT count(*) FROM intents) = cardinality($9::text[])
      AND (SELECT count(*) FROM task) = (CASE WHEN $10::uuid IS NULL THEN 0 ELSE 1 END) THEN 1 ELSE 0 END)`

/**
 * Takes the nonce, stores the signed transaction and marks its work as submitted: one statement, durable when this
 * resolves. From then on the transaction is sent, again and again if need be, until its nonce is used.
 * @param job Null for a no-op.
 * @returns null when some of the work was cancelled meanwhile; then nothing was stored and the nonce is free.
 * @throws LeaseLost
 */
export async function storeTransaction(
  { pool }: Database,
  fence: Fence,
  { signer, nonce }: { signer: Address; nonce: number },
  job: Job | null,
  attempt: StoredAttempt,
): Promise<StoredTransaction | null> {
  const id = randomUUID()
  const purpose = job?.purpose ?? 'noop'
  const intents = job?.intents ?? []
  try {
    const { rows } = await pool.query<{ held: number }>({
      name: 'store-transaction',
      text: statement,
      values: [
        ...[id, signer, nonce, purpose, attempt.hash, attempt.raw],
        attempt.maxFeePerGas.toString(),
        attempt.maxPriorityFeePerGas.toString(),
        ...[intents.map((intent) => intent.id), job?.taskId ?? null],
        ...[fence.name, fence.fence.toString()],
      ],
    })
    if (rows[0]?.held !== 1) throw new LeaseLost(fence.name)
  } catch (error) {
    if (hasUndoneItself(error)) return null
    throw error
  }
  return { id, signer, nonce, purpose, intents, attempts: [attempt] }
}

/** Stores a replacement, before it is broadcast. @throws LeaseLost */
export async function storeAttempt(
  { pool }: Database,
  fence: Fence,
  transactionId: string,
  { hash, raw, maxFeePerGas, maxPriorityFeePerGas }: StoredAttempt,
): Promise<void> {
  const { rowCount } = await pool.query(
    `INSERT INTO "RelayAttempt" (hash, "transactionId", raw, "maxFeePerGas", "maxPriorityFeePerGas")
     SELECT $1, $2, $3, $4, $5 FROM (${holdsLease('$6', '$7')}) AS lease
     RETURNING hash`,
    [
      ...[hash, transactionId, raw],
      maxFeePerGas.toString(),
      maxPriorityFeePerGas.toString(),
      ...[fence.name, fence.fence.toString()],
    ],
  )
  if (rowCount !== 1) throw new LeaseLost(fence.name)
}

type Row = {
  id: string
  nonce: number
  purpose: Purpose
  intents: CarriedIntent[] | null
  attempts: [hash: Hex, raw: Hex, fee: string, tip: string][]
}

/** Transactions of a key whose nonce is not known to be used, in the order of their nonces. */
export async function loadPrepared(
  { pool }: Database,
  signer: Address,
): Promise<StoredTransaction[]> {
  const { rows } = await pool.query<Row>(
    `SELECT t.id, t.nonce, t.purpose,
       (SELECT json_agg(json_build_object(
          'id', id, 'sessionId', "sessionId", 'lane', lane, 'sequence', sequence, 'gas', gas))
        FROM "Intent" WHERE "transactionId" = t.id) AS intents,
       (SELECT json_agg(json_build_array(hash, raw, "maxFeePerGas"::text, "maxPriorityFeePerGas"::text)
          ORDER BY "createdAt") FROM "RelayAttempt" WHERE "transactionId" = t.id) AS attempts
     FROM "RelayTransaction" t WHERE t.signer = $1 AND t.state = 'prepared' ORDER BY t.nonce, t."createdAt"`,
    [signer],
  )
  return rows.map(({ id, nonce, purpose, intents, attempts }) => ({
    ...{ id, signer, nonce, purpose, intents: intents ?? [] },
    attempts: attempts.map(([hash, raw, fee, tip]) => ({
      ...{ hash, raw, isNoop: isNoop(raw, signer) },
      maxFeePerGas: BigInt(fee),
      maxPriorityFeePerGas: BigInt(tip),
    })),
  }))
}

function isNoop(raw: Hex, signer: Address): boolean {
  const { to } = parseTransaction(raw)
  return to ? isAddressEqual(to, signer) : false
}
