import type { RelayContext } from '../relay/relay-context'
import { applyLogs } from './apply-logs'
import { findDeploymentBlock } from './find-deployment-block'
import { type Checkpoint, locateMirror } from './locate-mirror'
import { findLostBlock, readLast, storeCheckpoints } from './mirror-blocks'
import { aheadOf, noteHead } from './note-head'
import {
  type BlockHeader,
  readHeaders,
  readLogsBetween,
  readLogsOf,
} from './read-blocks'
import { undoBlocks } from './undo-blocks'

/** Old blocks read in one request. */
const RANGE = 2_000n
/** The newest blocks are read one by one, each by its hash. */
const FOLLOWED = 64n

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
  const [head] = await readHeaders(context, ['latest'])
  if (!head) throw new Error('the node does not tell its newest block')
  const result = {
    block: { number: head.number, baseFeePerGas: head.baseFeePerGas },
    aheadSeconds: aheadOf(head),
    isReorganised: false,
  }
  const last = await readLast(context.database)
  if (last?.hash === head.hash) return result
  const start = last
    ? await findStart(context, last, head)
    : (await findDeploymentBlock(context, head.number)) - 1n
  if (start === null) return result
  result.isReorganised = last !== null && start < last.number
  const lost = await follow(context, start, head, 'blocks')
  if (lost === null) return result
  await undoBlocks(context, lost - 1n)
  await follow(context, lost - 1n, head, 'blocks')
  return { ...result, isReorganised: true }
}

/**
 * Undoes blocks that are no longer part of the chain, and reads nothing.
 * @returns whether it can be said by now that the chain has all blocks that are left
 */
export async function undoLostBlocks(context: RelayContext): Promise<boolean> {
  const [head] = await readHeaders(context, ['latest'])
  if (!head) return false
  const last = await readLast(context.database)
  if (!last || last.hash === head.hash) return true
  return (await findStart(context, last, head)) !== null
}

/** The block after which to read, with what came after it undone; null when nothing can be read now. */
async function findStart(
  context: RelayContext,
  last: Checkpoint,
  head: BlockHeader,
): Promise<bigint | null> {
  const location = await locateMirror(context, last, head)
  if (location.kind === 'waiting') return null
  if (location.kind === 'forward') return last.number
  await undoBlocks(context, location.ancestor)
  return location.ancestor
}

/**
 * Applies the events of all blocks after `start` up to the head.
 * @returns the first block that turned out not to be part of the chain though events of it were applied: it was known
 * from a receipt of ours. Null when there is none.
 */
export async function follow(
  context: RelayContext,
  start: bigint,
  head: BlockHeader,
  origin: 'blocks' | 'history',
): Promise<bigint | null> {
  let at = start
  while (head.number - at > FOLLOWED)
    at = await readRange(context, at, head, origin)
  const newest = await readChain(context, at, head)
  const hashes = newest.map(({ hash }) => hash)
  await applyLogs(context, await readLogsOf(context, hashes), origin)
  await storeCheckpoints(context.database, newest)
  const top = newest.at(-1)
  if (!top) return null
  await noteHead(context, top)
  return findLostBlock(context.database, top.number - FOLLOWED)
}

/** Reads old blocks, which no node lacks. @returns the last one */
async function readRange(
  context: RelayContext,
  at: bigint,
  head: BlockHeader,
  origin: 'blocks' | 'history',
): Promise<bigint> {
  const old = head.number - FOLLOWED
  const to = at + RANGE < old ? at + RANGE : old
  const [end] = await readHeaders(context, [to])
  if (!end) throw new Error(`the node does not have block ${to}`)
  await applyLogs(context, await readLogsBetween(context, at + 1n, to), origin)
  await storeCheckpoints(context.database, [end])
  return to
}

/** Headers after `at` as far as each follows from the one before: several nodes may have answered. */
async function readChain(
  context: RelayContext,
  at: bigint,
  head: BlockHeader,
): Promise<BlockHeader[]> {
  const numbers: bigint[] = []
  for (let number = at; number <= head.number; number += 1n)
    if (number >= 0n) numbers.push(number)
  const headers = await readHeaders(context, numbers)
  const chain: BlockHeader[] = []
  for (const header of headers) {
    if (!header) break
    const before = chain.at(-1)
    if (before && header.parentHash !== before.hash) break
    chain.push(header)
  }
  const last = await readLast(context.database)
  const [first] = chain
  const isLinked = !last || last.number !== at || first?.hash === last.hash
  if (!isLinked) return []
  return at < 0n ? chain : chain.slice(1)
}
