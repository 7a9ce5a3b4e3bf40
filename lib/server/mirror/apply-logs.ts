import type { RelayContext } from '../relay/relay-context'
import { applyEvent } from './apply-event'
import {
  type AppliedIntent,
  applyIntents,
  type IntentEvent,
  placeOfEvent,
} from './apply-intents'
import { cancelFollowers } from './cancel-followers'
import { type MirrorEvent, parseLogs, type RawLog } from './parse-logs'
import { readMetersOf } from './read-meters'
import { findOtherIntents, recordForeign } from './record-foreign'

/** Most events of one statement. */
const RUN_MAX = 500

/** Where logs come from: the receipt of a transaction of ours, or blocks, which hold everybody's. */
export type LogOrigin = 'own' | 'blocks'

const none: ReadonlySet<string> = new Set()
let turn: Promise<unknown> = Promise.resolve()

/**
 * Brings the database to what the logs say. Idempotent: each log counts once, whether it comes with our own
 * transaction's receipt or from reading blocks. Calls take turns, in the order of asking.
 */
export function applyLogs(
  context: RelayContext,
  logs: readonly RawLog[],
  origin: LogOrigin,
): Promise<AppliedIntent[]> {
  const mine = turn.then(() => applyAll(context, logs, origin))
  turn = mine.catch(() => undefined)
  return mine
}

async function applyAll(
  context: RelayContext,
  logs: readonly RawLog[],
  origin: LogOrigin,
): Promise<AppliedIntent[]> {
  const applied: AppliedIntent[] = []
  for (const run of toRuns(parseLogs(logs, context.sessionManager)))
    if (isIntentRun(run)) {
      const others =
        origin === 'own' ? none : await findOtherIntents(context, run)
      const meters = await readMetersOf(context, run)
      applied.push(
        ...(await applyIntents(context.database, run, others, meters)),
      )
    } else for (const event of run) await applyEvent(context, event)
  await followUp(context, applied)
  return applied
}

/** Rare consequences that the one fast statement leaves out. */
async function followUp(
  context: RelayContext,
  applied: readonly AppliedIntent[],
): Promise<void> {
  const rejected = applied.filter(
    ({ outcome, id, isOther }) =>
      id !== null && (outcome === 'rejected' || isOther),
  )
  if (rejected.length > 0) await cancelFollowers(context.database, rejected)
  const unknown = applied.filter(
    ({ isForeign, isOther, id, outcome }) =>
      isForeign && outcome !== 'rejected' && (id === null || isOther),
  )
  if (unknown.length > 0) await recordForeign(context, unknown)
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
