import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import type { ChainClient } from '../../chain/chain-client'
import type { RawLog } from '../../mirror/parse-logs'

/** The parts of a receipt that the relay uses. */
export type Receipt = {
  transactionHash: Hex
  blockNumber: bigint
  blockHash: Hex
  gasUsed: bigint
  effectiveGasPrice: bigint
  status: 'success' | 'reverted'
  logs: RawLog[]
}

type RpcReceipt = {
  transactionHash: Hex
  blockNumber: Hex
  blockHash: Hex
  gasUsed: Hex
  effectiveGasPrice: Hex
  status: Hex
  logs: {
    address: Hex
    topics: RawLog['topics']
    data: Hex
    logIndex: Hex
    transactionHash: Hex
    blockNumber: Hex
    blockHash: Hex
  }[]
}

type RawRequest = (request: {
  method: string
  params: unknown[]
}) => Promise<unknown>

/** How long a node may keep us waiting for a receipt; then it is asked for again and again. */
const SYNC_WAIT_MS = 3_000

/** Nodes known not to have `eth_sendRawTransactionSync`. */
const withoutSync = new WeakSet<ChainClient>()

/**
 * Hands a signed transaction to the node, waiting for its receipt where the node can (EIP-7966).
 * @returns the receipt; null when it is not there yet, or the node knows or refuses the transaction: look for receipts then.
 * @throws when `signal` aborts
 */
export async function broadcast(
  client: ChainClient,
  raw: Hex,
  signal: AbortSignal,
): Promise<{ receipt: Receipt | null; refusal: string | null }> {
  const request = client.request as unknown as RawRequest
  const isSync = !withoutSync.has(client)
  const method = isSync
    ? 'eth_sendRawTransactionSync'
    : 'eth_sendRawTransaction'
  try {
    const answer = await orGiveUp(request({ method, params: [raw] }), signal)
    const receipt = isSync ? toReceipt(answer as RpcReceipt | null) : null
    return { receipt, refusal: null }
  } catch (error) {
    signal.throwIfAborted()
    const text = wordsOf(error)
    if (isSync && isMethodMissing(error, text)) {
      withoutSync.add(client)
      return broadcast(client, raw, signal)
    }
    return { receipt: null, refusal: text }
  }
}

/** The answer, or null when it takes too long. */
async function orGiveUp(
  answer: Promise<unknown>,
  signal: AbortSignal,
): Promise<unknown> {
  const waiting = new AbortController()
  const either = AbortSignal.any([signal, waiting.signal])
  const late = sleep(SYNC_WAIT_MS, null, { ref: false, signal: either })
  late.catch(() => undefined)
  answer.catch(() => undefined)
  try {
    return await Promise.race([answer, late])
  } finally {
    waiting.abort()
  }
}

/** What the node said: the client's own words around it tell nothing. */
function wordsOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause)
    if ('details' in at && typeof at.details === 'string' && at.details)
      return at.details.split('\n')[0] ?? ''
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n')[0] ?? ''
}

/** Receipt of whichever attempt was mined, or null. */
export async function findReceipt(
  client: ChainClient,
  hashes: readonly Hex[],
): Promise<Receipt | null> {
  const request = client.request as unknown as RawRequest
  for (const hash of hashes) {
    const answer = await request({
      method: 'eth_getTransactionReceipt',
      params: [hash],
    })
    const receipt = toReceipt(answer as RpcReceipt | null)
    if (receipt) return receipt
  }
  return null
}

function toReceipt(answer: RpcReceipt | null): Receipt | null {
  if (!answer?.blockNumber) return null
  return {
    transactionHash: answer.transactionHash,
    blockNumber: BigInt(answer.blockNumber),
    blockHash: answer.blockHash,
    gasUsed: BigInt(answer.gasUsed),
    effectiveGasPrice: BigInt(answer.effectiveGasPrice ?? '0x0'),
    status: answer.status === '0x1' ? 'success' : 'reverted',
    logs: answer.logs.map((log) => ({
      ...log,
      logIndex: Number(log.logIndex),
      blockNumber: BigInt(log.blockNumber),
    })),
  }
}

function isMethodMissing(error: unknown, text: string): boolean {
  const code = (error as { code?: number }).code
  return (
    code === -32601 ||
    code === -32004 ||
    /method.*(not found|not supported|does not exist|not available)/i.test(text)
  )
}
