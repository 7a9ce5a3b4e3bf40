import type { Block, Hex } from 'viem'
import type { RelayContext } from '../relay/relay-context'
import { applyLogs } from './apply-logs'
import type { RawLog } from './parse-logs'
import { findAncestor, undoBlocks } from './undo-blocks'

/** Blocks read in one request. */
const RANGE = 2_000n
/** Checkpoints kept; a re-organisation deeper than the oldest is undone from the beginning. */
const CHECKPOINTS = 512

export type SyncResult = {
  head: { number: bigint; baseFeePerGas: bigint | null }
  /** Blocks were undone: transactions that had been mined may have to be sent again. */
  isReorganised: boolean
}

/**
 * Reads SessionManager's events of every block since the last call and applies them; first undoes blocks that are
 * no longer part of the chain.
 */
export async function syncBlocks(context: RelayContext): Promise<SyncResult> {
  const { client, database } = context
  const head = await client.getBlock({ blockTag: 'latest' })
  const last = await database.prisma.mirrorBlock.findFirst({
    orderBy: { number: 'desc' },
  })
  const result = {
    head: { number: head.number, baseFeePerGas: head.baseFeePerGas },
    isReorganised: false,
  }
  if (last?.hash === head.hash) return result
  const ancestor = await findAncestor(context, last)
  if (last && ancestor < last.number) {
    await undoBlocks(context, ancestor)
    result.isReorganised = true
  }
  await noteHead(context, head)
  for (let from = ancestor + 1n; from <= head.number; from += RANGE) {
    const to = from + RANGE - 1n < head.number ? from + RANGE - 1n : head.number
    await applyLogs(context, await readLogs(context, from, to))
    if (to < head.number) await checkpoint(context, to)
  }
  await storeCheckpoint(context, head.number, head.hash)
  return result
}

async function readLogs(
  { client, sessionManager }: RelayContext,
  fromBlock: bigint,
  toBlock: bigint,
): Promise<RawLog[]> {
  const logs = await client.getLogs({
    address: sessionManager,
    fromBlock,
    toBlock,
  })
  return logs as RawLog[]
}

async function checkpoint(
  context: RelayContext,
  number: bigint,
): Promise<void> {
  const block = await context.client.getBlock({ blockNumber: number })
  await storeCheckpoint(context, number, block.hash)
}

async function storeCheckpoint(
  { database }: RelayContext,
  number: bigint,
  hash: Hex,
): Promise<void> {
  await database.pool.query(
    `WITH stored AS (
       INSERT INTO "MirrorBlock" (number, hash) VALUES ($1, $2)
       ON CONFLICT (number) DO UPDATE SET hash = EXCLUDED.hash)
     DELETE FROM "MirrorBlock" WHERE number <= (
       SELECT number FROM "MirrorBlock" ORDER BY number DESC OFFSET ${CHECKPOINTS} LIMIT 1)`,
    [number.toString(), hash],
  )
}

/** Stores the chain's clock for the web processes. */
async function noteHead(
  { database }: RelayContext,
  block: Block<bigint, false, 'latest'>,
): Promise<void> {
  const ahead = Math.ceil(Number(block.timestamp) - Date.now() / 1000)
  const aheadSeconds = Math.max(0, ahead)
  const columns = {
    number: block.number,
    hash: block.hash,
    timestamp: block.timestamp,
    aheadSeconds,
    seenAt: new Date(),
  }
  await database.prisma.chainHead.upsert({
    where: { id: 1 },
    create: { id: 1, ...columns },
    update: columns,
  })
}
