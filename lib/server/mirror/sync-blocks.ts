import type { Block, Hex } from 'viem'
import type { RelayContext } from '../relay/relay-context'
import { applyLogs } from './apply-logs'
import { findDeploymentBlock } from './find-deployment-block'
import type { RawLog } from './parse-logs'
import { findAncestor, undoBlocks } from './undo-blocks'

/** Blocks read in one request. */
const RANGE = 2_000n
/** Checkpoints kept; a re-organisation deeper than the oldest is undone from the beginning. */
const CHECKPOINTS = 512

export type SyncResult = {
  /** Newest block. */
  block: { number: bigint; baseFeePerGas: bigint | null }
  /** Seconds by which blocks run ahead of the wall clock. */
  aheadSeconds: number
  /** Blocks were undone: transactions that had been mined may have to be sent again. */
  isReorganised: boolean
}

let turn: Promise<unknown> = Promise.resolve()

/**
 * Reads SessionManager's events of every block since the last call and applies them; first undoes blocks that are
 * no longer part of the chain. Calls take turns.
 */
export function syncBlocks(context: RelayContext): Promise<SyncResult> {
  const mine = turn.then(() => syncNow(context))
  turn = mine.catch(() => undefined)
  return mine
}

async function syncNow(context: RelayContext): Promise<SyncResult> {
  const { client, database } = context
  const head = await client.getBlock({ blockTag: 'latest' })
  const last = await database.prisma.mirrorBlock.findFirst({
    orderBy: { number: 'desc' },
  })
  const result = {
    block: { number: head.number, baseFeePerGas: head.baseFeePerGas },
    aheadSeconds: await noteHead(context, head),
    isReorganised: false,
  }
  if (last?.hash === head.hash) return result
  const ancestor = last
    ? await findAncestor(context)
    : (await findDeploymentBlock(context, head.number)) - 1n
  const isUndone =
    last &&
    (ancestor < last.number || (await hasLostBlock(context, ancestor, head)))
  if (isUndone) {
    await undoBlocks(context, ancestor)
    result.isReorganised = true
  }
  for (let from = ancestor + 1n; from <= head.number; from += RANGE) {
    const to = from + RANGE - 1n < head.number ? from + RANGE - 1n : head.number
    await applyLogs(context, await readLogs(context, from, to), 'blocks')
    if (to < head.number) await checkpoint(context, to)
  }
  await storeCheckpoint(context, head.number, head.hash)
  return result
}

/** Whether a block that we know only from a receipt of ours, read before the mirror came to it, is not part of the chain. */
async function hasLostBlock(
  { client, database }: RelayContext,
  ancestor: bigint,
  head: { number: bigint; hash: Hex },
): Promise<boolean> {
  const known = await database.prisma.chainEvent.findMany({
    where: { blockNumber: { gt: ancestor, lte: head.number } },
    distinct: ['blockNumber', 'blockHash'],
    select: { blockNumber: true, blockHash: true },
  })
  for (const { blockNumber, blockHash } of known) {
    const { hash } =
      blockNumber === head.number
        ? head
        : await client.getBlock({ blockNumber })
    if (hash !== blockHash) return true
  }
  return false
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

const seen = { hash: '', aheadSeconds: 0 }

/** Stores the chain's clock for the web processes, once per block. */
async function noteHead(
  { database }: RelayContext,
  block: Block<bigint, false, 'latest'>,
): Promise<number> {
  if (seen.hash === block.hash) return seen.aheadSeconds
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
  Object.assign(seen, { hash: block.hash, aheadSeconds })
  return aheadSeconds
}
