import type { Hex } from 'viem'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import type { Meter } from '@/lib/session/session-usage'
import type { RelayContext } from '../relay/relay-context'
import type { IntentEvent } from './apply-intents'

/** One meter of a session, as the chain has it. */
export type MeterReading = { sessionId: Hex; index: number; meter: Meter }

/** A session's id commits to its table, so its meters never change; those asked for last are kept. */
const known = new Map<Hex, number[]>()
const KNOWN_MAX = 10_000

/**
 * Meters of the sessions that executed something which is not applied yet; events do not tell them. Read at the block
 * of their last event, or now where the node has forgotten it: what is pending then counts twice for a moment.
 */
export async function readMetersOf(
  context: RelayContext,
  events: readonly IntentEvent[],
): Promise<MeterReading[]> {
  const executed = events.filter(({ name }) => name === 'IntentExecuted')
  const indexes = await findIndexes(context, executed)
  if (indexes.size === 0) return []
  const fresh = await findFresh(
    context,
    executed.filter(({ subject }) => indexes.has(subject)),
  )
  const readings = [...fresh].map(([sessionId, blockNumber]) =>
    readMeters(context, sessionId, indexes.get(sessionId) ?? [], blockNumber),
  )
  return (await Promise.all(readings)).flat()
}

/** These meters of a session, at a block or now. */
export async function readMeters(
  { client, sessionManager }: RelayContext,
  sessionId: Hex,
  indexes: readonly number[],
  blockNumber?: bigint,
): Promise<MeterReading[]> {
  const read = (index: number, at?: bigint) =>
    client.readContract({
      address: sessionManager,
      abi: sessionManagerAbi,
      functionName: 'meterOf',
      args: [sessionId, BigInt(index)],
      ...(at === undefined ? {} : { blockNumber: at }),
    })
  return Promise.all(
    indexes.map(async (index) => {
      const [total, window, inWindow] = await read(index, blockNumber).catch(
        () => read(index),
      )
      return {
        sessionId,
        index,
        meter: { total, window: Number(window), inWindow },
      }
    }),
  )
}

async function findIndexes(
  { database }: RelayContext,
  executed: readonly IntentEvent[],
): Promise<Map<Hex, number[]>> {
  const ids = [...new Set(executed.map(({ subject }) => subject))]
  const asked = ids.filter((id) => !known.has(id))
  if (asked.length > 0) {
    const { rows } = await database.pool.query<{ id: Hex; indexes: number[] }>({
      name: 'meter-indexes',
      text: 'SELECT id, "meterIndexes" AS indexes FROM "Session" WHERE id = ANY($1) AND terms->\'permissions\' <> \'[]\'',
      values: [asked],
    })
    if (known.size >= KNOWN_MAX) known.clear()
    for (const { id, indexes } of rows) known.set(id, indexes)
  }
  const found = ids.map((id): [Hex, number[]] => [id, known.get(id) ?? []])
  return new Map(found.filter(([, indexes]) => indexes.length > 0))
}

/** Sessions with events that are new to the database, with the block of the last one. */
async function findFresh(
  { database }: RelayContext,
  executed: readonly IntentEvent[],
): Promise<Map<Hex, bigint>> {
  const { rows } = await database.pool.query<{ tx: Hex; log: number }>(
    `SELECT tx, log FROM unnest($1::text[], $2::int[]) AS e(tx, log)
     WHERE NOT EXISTS (SELECT 1 FROM "ChainEvent" WHERE "txHash" = tx AND "logIndex" = log)`,
    [
      executed.map(({ txHash }) => txHash),
      executed.map(({ logIndex }) => logIndex),
    ],
  )
  const fresh = new Set(rows.map(({ tx, log }) => `${tx}:${log}`))
  const blocks = executed
    .filter(({ txHash, logIndex }) => fresh.has(`${txHash}:${logIndex}`))
    .map(({ subject, blockNumber }): [Hex, bigint] => [subject, blockNumber])
  return new Map(blocks)
}
