import { BaseError, encodeFunctionData, type Hex } from 'viem'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { Database } from '../../db/database'
import { logger } from '../../log/logger'
import type { Fence } from '../lease/fence'
import { loadGrants } from './load-grants'
import type { QueuedIntent } from './read-queue'
import { type DeadIntent, rejectQueued } from './reject-queued'
import { toSections } from './to-sections'

/**
 * Call data of `execute` for these intents, with the grants that they need.
 * @returns null when a stored row cannot be written as call data: its intents are rejected then, so that one bad row
 * never stops the others.
 */
export async function encodeOrReject(
  database: Database,
  fence: Fence,
  intents: readonly QueuedIntent[],
  nowSeconds: number,
): Promise<Hex | null> {
  try {
    return await encodeExecute(database, intents, nowSeconds)
  } catch (error) {
    if (!isMalformed(error)) throw error
    const dead = await findMalformed(database, intents, nowSeconds)
    if (dead.length === 0) throw error
    const ids = dead.map(({ id }) => id)
    logger.error({ err: error, ids }, 'intents cannot be encoded')
    await rejectQueued(database, fence, dead)
    return null
  }
}

/** Call data of `execute` for these intents, with the grants that they need. @throws when a row cannot be written as call data */
export async function encodeExecute(
  database: Database,
  intents: readonly QueuedIntent[],
  nowSeconds: number,
): Promise<Hex> {
  const granted = intents.filter(({ grant }) => grant !== null)
  const sessionIds = new Set(granted.map(({ sessionId }) => sessionId))
  const grants = await loadGrants(database, [...sessionIds], nowSeconds)
  const data = encodeFunctionData({
    abi: sessionManagerAbi,
    functionName: 'execute',
    args: [toSections(intents, grants)],
  })
  // viem passes on whatever stands where bytes should.
  if (!/^0x(?:[0-9a-f]{2})*$/i.test(data)) throw new TypeError('not hex')
  return data
}

/** Those that cannot be written even alone. */
async function findMalformed(
  database: Database,
  intents: readonly QueuedIntent[],
  nowSeconds: number,
): Promise<DeadIntent[]> {
  const dead: DeadIntent[] = []
  for (const intent of intents)
    try {
      await encodeExecute(database, [intent], nowSeconds)
    } catch (error) {
      if (!isMalformed(error)) throw error
      dead.push({ ...intent, reason: 'internal' })
    }
  return dead
}

/** Errors of writing bytes; those of the database are others, and pass. */
function isMalformed(error: unknown): boolean {
  return [BaseError, PlaykeyError, SyntaxError, TypeError, RangeError].some(
    (kind) => error instanceof kind,
  )
}
