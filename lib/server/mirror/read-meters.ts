import {
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  numberToHex,
} from 'viem'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import type { Meter } from '@/lib/session/session-usage'
import { requestBatch } from '../chain/batch-request'
import type { RelayContext } from '../relay/relay-context'
import type { IntentEvent } from './apply-intents'

/** One meter of a session, as the chain has it. */
export type MeterReading = { sessionId: Hex; index: number; meter: Meter }

type Reading = { sessionId: Hex; index: number; block: bigint }

/** A session's id commits to its table, so its meters never change; those asked for last are kept. */
const known = new Map<Hex, number[]>()
const KNOWN_MAX = 10_000

/**
 * Meters of the sessions that executed something; events do not tell them. Read at the block of their last event, or
 * now where the node has forgotten it: what is pending then counts twice for a moment.
 */
export async function readMetersOf(
  context: RelayContext,
  events: readonly IntentEvent[],
): Promise<MeterReading[]> {
  const blocks = new Map<Hex, bigint>()
  for (const { name, subject, blockNumber } of events)
    if (name === 'IntentExecuted') blocks.set(subject, blockNumber)
  const indexes = await findIndexes(context, [...blocks.keys()])
  const wanted = [...indexes].flatMap(([sessionId, all]) =>
    all.map((index) => ({
      ...{ sessionId, index },
      block: blocks.get(sessionId) ?? 0n,
    })),
  )
  if (wanted.length === 0) return []
  const then = await readAll(context, wanted, ({ block }) => numberToHex(block))
  const missed = wanted.filter((_, at) => then[at] === null)
  const now = await readAll(context, missed, () => 'latest')
  return [...then, ...now].filter((reading) => reading !== null)
}

async function readAll(
  { client, sessionManager }: RelayContext,
  wanted: readonly Reading[],
  at: (reading: Reading) => Hex | 'latest',
): Promise<(MeterReading | null)[]> {
  const { abi, functionName } = {
    ...({ abi: sessionManagerAbi, functionName: 'meterOf' } as const),
  }
  const answers = await requestBatch(
    client,
    wanted.map((reading) => {
      const args = [reading.sessionId, BigInt(reading.index)] as const
      const data = encodeFunctionData({ abi, functionName, args })
      const call = { to: sessionManager, data }
      return { method: 'eth_call', params: [call, at(reading)] }
    }),
  )
  return wanted.map(({ sessionId, index }, place) => {
    const answer = answers[place]
    if (!answer?.ok) return null
    const data = answer.result as Hex
    const [total, window, inWindow] = decodeFunctionResult({
      ...{ abi, functionName, data },
    })
    const meter = { total, window: Number(window), inWindow }
    return { sessionId, index, meter }
  })
}

/** Sessions with meters, and which. */
async function findIndexes(
  { database }: RelayContext,
  ids: readonly Hex[],
): Promise<Map<Hex, number[]>> {
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
