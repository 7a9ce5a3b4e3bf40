import { type Hex, hexToBigInt, hexToNumber, numberToHex } from 'viem'
import { type RpcCall, requestBatch } from '../chain/batch-request'
import type { RelayContext } from '../relay/relay-context'
import type { RawLog } from './parse-logs'

/** What the mirror needs to know of a block. */
export type BlockHeader = {
  number: bigint
  hash: Hex
  parentHash: Hex
  /** Unix seconds. */
  timestamp: bigint
  /** Wei; null before EIP-1559. */
  baseFeePerGas: bigint | null
}

type RawHeader = {
  number: Hex | null
  hash: Hex | null
  parentHash: Hex
  timestamp: Hex
  baseFeePerGas?: Hex | null
}

type RawChainLog = Omit<RawLog, 'logIndex' | 'blockNumber'> & {
  logIndex: Hex
  blockNumber: Hex
}

/** Headers by number, `latest` or `finalized`; null for what the node does not have, or not at this moment. */
export async function readHeaders(
  { client }: RelayContext,
  blocks: readonly (bigint | 'latest' | 'finalized')[],
): Promise<(BlockHeader | null)[]> {
  const answers = await requestBatch(client, blocks.map(headerCall))
  return answers.map((answer) =>
    answer.ok ? toHeader(answer.result as RawHeader | null) : null,
  )
}

function headerCall(block: bigint | 'latest' | 'finalized'): RpcCall {
  const name = typeof block === 'bigint' ? numberToHex(block) : block
  return { method: 'eth_getBlockByNumber', params: [name, false] }
}

function toHeader(raw: RawHeader | null): BlockHeader | null {
  if (!raw?.number || !raw.hash) return null
  return {
    number: hexToBigInt(raw.number),
    hash: raw.hash,
    parentHash: raw.parentHash,
    timestamp: hexToBigInt(raw.timestamp),
    baseFeePerGas: raw.baseFeePerGas ? hexToBigInt(raw.baseFeePerGas) : null,
  }
}

/** SessionManager's logs in exactly these blocks, in order. A node that does not have one of them refuses (EIP-234). @throws then */
export async function readLogsOf(
  { client, sessionManager }: RelayContext,
  hashes: readonly Hex[],
): Promise<RawLog[]> {
  const answers = await requestBatch(
    client,
    hashes.map((blockHash) => ({
      method: 'eth_getLogs',
      params: [{ address: sessionManager, blockHash }],
    })),
  )
  return answers.flatMap((answer, index) => {
    if (!answer.ok) throw new Error(`logs of a block: ${answer.error}`)
    const logs = (answer.result as RawChainLog[]).map(toLog)
    // A node that answers with another block's logs is not to be believed.
    if (logs.some(({ blockHash }) => blockHash !== hashes[index]))
      throw new Error('logs of another block')
    return logs
  })
}

function toLog(log: RawChainLog): RawLog {
  return {
    ...log,
    logIndex: hexToNumber(log.logIndex),
    blockNumber: hexToBigInt(log.blockNumber),
  }
}

/** SessionManager's logs of old blocks, both ends inclusive. */
export async function readLogsBetween(
  { client, sessionManager }: RelayContext,
  fromBlock: bigint,
  toBlock: bigint,
): Promise<RawLog[]> {
  const range = { address: sessionManager, fromBlock, toBlock }
  return (await client.getLogs(range)) as RawLog[]
}
