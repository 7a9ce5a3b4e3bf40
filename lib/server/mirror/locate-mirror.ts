import type { Hex } from 'viem'
import { logger } from '../log/logger'
import type { RelayContext } from '../relay/relay-context'
import { type BlockHeader, readHeaders } from './read-blocks'

/** A block that was read. */
export type Checkpoint = { number: bigint; hash: Hex }

/**
 * Where the mirror stands towards a chain with this head. `waiting`: nothing can be said now. `undone`: blocks that were
 * read are not part of the chain any more, but those up to `ancestor` are.
 */
export type Location =
  | { kind: 'forward' }
  | { kind: 'waiting' }
  | { kind: 'undone'; ancestor: bigint }

/** A node that has forgotten our newest block, without showing another in its place, is believed after so long. */
const PATIENCE_MS = 3_000

/** What spoke against our newest block, and since when; of one process, as one at a time is the mirror. */
let doubt: { about: Hex; kind: 'other' | 'missing'; sinceMs: number } | null =
  null

/**
 * Compares the newest block that was read with the chain. Behind one address there may be several nodes, of which one
 * lags behind or is on another branch for a moment: blocks are only undone when another block is really at their
 * height, twice in a row, or when for some seconds no node has them.
 */
export async function locateMirror(
  context: RelayContext,
  last: Checkpoint,
  head: BlockHeader,
): Promise<Location> {
  const [at] = await readHeaders(context, [last.number])
  if (at?.hash === last.hash) {
    doubt = null
    return { kind: head.number > last.number ? 'forward' : 'waiting' }
  }
  if (!at && head.number >= last.number) return { kind: 'waiting' }
  const kind = at ? 'other' : 'missing'
  if (!isConfirmed(last.hash, kind)) return { kind: 'waiting' }
  const ancestor = await findAncestor(context, last.number)
  if (ancestor === null) return { kind: 'waiting' }
  doubt = null
  return { kind: 'undone', ancestor }
}

function isConfirmed(about: Hex, kind: 'other' | 'missing'): boolean {
  if (doubt?.about !== about || doubt.kind !== kind) {
    doubt = { about, kind, sinceMs: Date.now() }
    logger.warn({ hash: about, kind }, 'the chain may have changed')
    return false
  }
  return kind === 'other' || Date.now() - doubt.sinceMs >= PATIENCE_MS
}

/** Blocks compared in one request. */
const COMPARED = 32

/** The newest block below `number` that database and chain agree on; -1 when they agree on none; null when the node cannot say. */
async function findAncestor(
  context: RelayContext,
  number: bigint,
): Promise<bigint | null> {
  const { rows } = await context.database.pool.query<{
    number: string
    hash: Hex
  }>(
    'SELECT number, hash FROM "MirrorBlock" WHERE number < $1 ORDER BY number DESC',
    [number.toString()],
  )
  let isAnswered = rows.length === 0
  for (let from = 0; from < rows.length; from += COMPARED) {
    const part = rows.slice(from, from + COMPARED)
    const headers = await readHeaders(
      context,
      part.map((row) => BigInt(row.number)),
    )
    for (const [index, row] of part.entries())
      if (headers[index]?.hash === row.hash) return BigInt(row.number)
    isAnswered ||= headers.some((header) => header !== null)
  }
  return isAnswered ? -1n : null
}
