import type { Hex } from 'viem'
import { logger } from '../log/logger'
import { noteSettledIntents } from '../observe/note-stage'
import type { RelayContext } from '../relay/relay-context'
import { noteActive } from './active-sessions'
import { applyEvent } from './apply-event'
import {
  applyIntents,
  type Bill,
  type IntentEvent,
  placeIn,
  placeOfEvent,
  type SettledIntent,
} from './apply-intents'
import { cancelFollowers } from './cancel-followers'
import { type MirrorEvent, parseLogs, type RawLog } from './parse-logs'
import { readMetersOf } from './read-meters'
import { findOtherIntents, recordForeign } from './record-foreign'

/** Most events of one statement. */
const RUN_MAX = 500

/** Where logs come from: the receipt of a transaction of ours; new blocks, which hold everybody's; or all blocks there are, after which meters are read once. */
export type LogOrigin = 'own' | 'blocks' | 'history'

/**
 * Brings the database to what the logs say. Idempotent: each log counts once, whether it comes with our own
 * transaction's receipt or from reading blocks, in whichever process, and in whatever order those come.
 * @returns the intents that it settled
 */
export async function applyLogs(
  context: RelayContext,
  logs: readonly RawLog[],
  origin: LogOrigin,
): Promise<SettledIntent[]> {
  const events = await withoutKnown(
    context,
    parseLogs(logs, context.sessionManager),
    origin,
  )
  const owners = await findOwners(context, events)
  const settled: SettledIntent[] = []
  for (const run of toRuns(events))
    if (isIntentRun(run))
      settled.push(
        ...((await applyRun(context, run, owners, origin, null)) ?? []),
      )
    else for (const event of run) await applyEvent(context, event)
  return settled
}

/**
 * Applies the logs of a bundle's receipt, and records what it cost where that is one statement: when they are about its
 * intents alone and settle all of them.
 * @returns whether that is recorded
 */
export async function applyReceipt(
  context: RelayContext,
  bill: Bill,
): Promise<boolean> {
  const { receipt, transaction } = bill
  const [run, ...more] = toRuns(parseLogs(receipt.logs, context.sessionManager))
  const isPlain = run && more.length === 0 && isIntentRun(run)
  if (isPlain && run.length === transaction.intents.length) {
    const owners = new Map([[receipt.transactionHash, transaction.id]])
    if (await applyRun(context, run, owners, 'own', bill)) return true
  }
  await applyLogs(context, receipt.logs, 'own')
  return false
}

/** @returns null when there is a bill, and another process was faster with some of it: nothing is done then */
async function applyRun(
  context: RelayContext,
  events: readonly IntentEvent[],
  owners: ReadonlyMap<Hex, string>,
  origin: LogOrigin,
  bill: Bill | null,
): Promise<SettledIntent[] | null> {
  const foreign = events.filter(({ txHash }) => !owners.has(txHash))
  const others =
    foreign.length > 0 ? await findOtherIntents(context, foreign) : []
  const meters = origin === 'history' ? [] : await readMetersOf(context, events)
  const run = { events, owners, others, meters, bill }
  const settled = await applyIntents(context.database, run)
  if (settled === null) return null
  noteActive(events.map(({ subject }) => subject))
  if (origin !== 'history') noteSettled(events, settled)
  const gaps = settled.filter(({ status }) => status === 'rejected')
  if (gaps.length > 0)
    await cancelFollowers(
      context.database,
      gaps.map(({ at, sessionId }) => ({
        sessionId,
        ...placeIn(events[at] as IntentEvent),
      })),
    )
  const ours = new Set(
    settled.filter(({ status }) => status !== 'rejected').map(({ at }) => at),
  )
  const unknown = events.filter(
    (event, at) => !ours.has(at) && foreign.includes(event),
  )
  if (unknown.length > 0) await recordForeign(context, unknown)
  return settled
}

function noteSettled(
  events: readonly IntentEvent[],
  settled: readonly SettledIntent[],
): void {
  noteSettledIntents(settled)
  for (const { at, id, sessionId, status, reason } of settled) {
    const txHash = events[at]?.txHash
    logger.debug({ callsId: id, sessionId, txHash, status, reason }, 'settled')
  }
}

/** Leaves out the blocks of which every event is known: mostly they came with our own receipts, a moment ago. */
async function withoutKnown(
  { database }: RelayContext,
  events: readonly MirrorEvent[],
  origin: LogOrigin,
): Promise<readonly MirrorEvent[]> {
  if (origin === 'own' || events.length === 0) return events
  const counts = new Map<Hex, number>()
  for (const { blockHash } of events)
    counts.set(blockHash, (counts.get(blockHash) ?? 0) + 1)
  const { rows } = await database.pool.query<{ hash: Hex; count: number }>({
    name: 'known-events',
    text: `SELECT "blockHash" AS hash, count(*)::int FROM "ChainEvent"
           WHERE "blockNumber" = ANY($1::bigint[]) GROUP BY "blockHash"`,
    values: [
      [...new Set(events.map(({ blockNumber }) => blockNumber.toString()))],
    ],
  })
  const known = new Set(
    rows.filter(({ hash, count }) => counts.get(hash) === count).map(toHash),
  )
  return events.filter(({ blockHash }) => !known.has(blockHash))
}

const toHash = ({ hash }: { hash: Hex }) => hash

/** Which transactions are our own, and their ids. They are stored before they are sent, so none is missed. */
async function findOwners(
  { database }: RelayContext,
  events: readonly MirrorEvent[],
): Promise<ReadonlyMap<Hex, string>> {
  const hashes = new Set(
    events.filter(isIntentEvent).map(({ txHash }) => txHash),
  )
  if (hashes.size === 0) return new Map()
  const { rows } = await database.pool.query<{ hash: Hex; id: string }>({
    name: 'owners-of-transactions',
    text: 'SELECT hash, "transactionId" AS id FROM "RelayAttempt" WHERE hash = ANY($1)',
    values: [[...hashes]],
  })
  return new Map(rows.map(({ hash, id }) => [hash, id]))
}

/** Neighbouring events of the same kind, each place at most once per run, in the chain's order. */
function toRuns(events: readonly MirrorEvent[]): MirrorEvent[][] {
  const runs: MirrorEvent[][] = []
  let places = new Set<string>()
  for (const event of events) {
    const last = runs.at(-1)
    const place = isIntentEvent(event) ? placeOfEvent(event) : null
    const joins =
      last !== undefined &&
      last.length < RUN_MAX &&
      last[0] !== undefined &&
      isIntentEvent(last[0]) &&
      place !== null &&
      !places.has(place)
    if (joins) last.push(event)
    else {
      runs.push([event])
      places = new Set()
    }
    if (place !== null) places.add(place)
  }
  return runs
}

function isIntentEvent(event: MirrorEvent): event is IntentEvent {
  return event.name === 'IntentExecuted' || event.name === 'IntentRejected'
}

function isIntentRun(run: MirrorEvent[]): run is IntentEvent[] {
  return run[0] !== undefined && isIntentEvent(run[0])
}
