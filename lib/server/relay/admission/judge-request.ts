import type { Hex } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import { encodeIntentFor } from '@/lib/intent/encode-intent'
import { findEntryIndex } from '@/lib/intent/evaluate-intent'
import type { Intent, SignedIntent } from '@/lib/intent/intent'
import { assertSponsored } from '../../sponsor/assert-sponsored'
import { reserveIn } from '../../sponsor/budget'
import { assertAllowed } from './assert-allowed'
import type { KnownSession } from './facts-memory'
import { gasToReserve } from './gas-to-reserve'
import { noteAdmitted } from './note-admitted'
import type { Patience } from './patience'
import type { SessionTurn } from './store-intent'

/** How far an intent may be ahead of its lane to wait for those before it. */
const OVERTAKEN_MAX = 64

/** An intent with a valid signature that asks to be admitted. */
export type AdmissionRequest = {
  id: Hex
  signed: SignedIntent
  /** W3C trace context of its admission, when tracing is on. */
  traceParent: string | null
  /** When it was handed in, as `nowMs` counts. */
  receivedMs: number
  /** How long it waits for the intent before it. */
  patience: Patience
  /** How often others were faster. */
  tries: number
  /** Not to be judged by what is remembered. */
  needsFresh: boolean
  /** It was in a group that could not be stored. */
  isAlone: boolean
  resolve(): void
  reject(error: unknown): void
}

/** Where intents wait that came before the one ahead of them. */
export type EarlyIntents = {
  park(request: AdmissionRequest): void
  /** Takes out those that wait for this place. */
  takeParked(intent: Intent, sequence: number): AdmissionRequest[]
}

/** The intents of a session that are to be stored, and who asked for them. */
export type Turn = SessionTurn & {
  known: KnownSession
  requests: AdmissionRequest[]
}

/** A group of requests while it is judged. */
export type Batch = {
  early: EarlyIntents
  sessions: ReadonlyMap<Hex, KnownSession>
  /** Intents of it that are stored already. */
  existing: ReadonlySet<Hex>
  turns: Map<Hex, Turn>
  refused: { request: AdmissionRequest; error: unknown }[]
  /** To be judged again, with the next group. */
  again: AdmissionRequest[]
}

/** Decides what becomes of one request, behind those of the group that came before it. */
export function judgeRequest(batch: Batch, request: AdmissionRequest): void {
  const { intent } = request.signed
  const known = batch.sessions.get(intent.sessionId)
  if (!known) {
    const error = new PlaykeyError('session_unknown')
    batch.refused.push({ request, error })
    return
  }
  if (isKnown(batch, known, request)) return
  if (isEarly(known, request)) {
    if (known.isFresh) batch.early.park(request)
    else askAnew(batch, request)
    return
  }
  try {
    accept(batch, known, request)
  } catch (error) {
    // What is remembered may be too strict: nobody is refused for it.
    if (known.isFresh) batch.refused.push({ request, error })
    else askAnew(batch, request)
    return
  }
  const next = intent.sequence + 1
  for (const later of batch.early.takeParked(intent, next))
    judgeRequest(batch, later)
}

/** Whether it is the very intent that is stored, or about to be; it is then answered like that one. */
function isKnown(
  { existing, turns }: Batch,
  { facts }: KnownSession,
  request: AdmissionRequest,
): boolean {
  const { id, signed } = request
  const turn = turns.get(signed.intent.sessionId)
  if (turn?.intents.some((other) => other.id === id)) {
    turn.requests.push(request)
    return true
  }
  const isStored =
    existing.has(id) || facts.pending.some((other) => other.id === id)
  if (isStored) request.resolve()
  return isStored
}

/** Requests of one page travel over several connections, so a later intent may arrive first. */
function isEarly({ facts }: KnownSession, request: AdmissionRequest): boolean {
  const { lane, sequence } = request.signed.intent
  const ahead = sequence - facts.session.nextSequence(lane)
  const isNear = ahead > 0 && ahead <= OVERTAKEN_MAX
  return isNear && Date.now() < request.patience.untilMs
}

function askAnew({ again }: Batch, request: AdmissionRequest): void {
  request.needsFresh = true
  again.push(request)
}

/** @throws PlaykeyError when a rule, a budget or a rate does not allow it */
function accept(
  batch: Batch,
  known: KnownSession,
  request: AdmissionRequest,
): void {
  const { id, signed, traceParent } = request
  const { intent } = signed
  const { facts, budgets } = known
  const allowance = assertAllowed(facts, intent)
  const { entries } = facts.session.table
  const packed = encodeIntentFor(signed, entries)
  const reserved = gasToReserve(
    {
      ...{ packed, table: facts.packedTable, callGas: intent.callGas },
      ...{ calls: intent.calls.length, meters: facts.meters },
    },
    // An earlier intent that is on its way brings it.
    facts.pending.length === 0 ? facts.grant : null,
  )
  assertSponsored(budgets, reserved.gas)
  reserveIn(budgets, reserved.gas)
  noteAdmitted(facts, { id, intent }, allowance)
  const turn = batch.turns.get(intent.sessionId) ?? {
    ...{ sessionId: intent.sessionId, admitVersion: facts.admitVersion },
    ...{ budgets, known, intents: [], requests: [] },
  }
  batch.turns.set(intent.sessionId, turn)
  turn.requests.push(request)
  turn.intents.push({
    ...reserved,
    ...{ id, intent, packed, traceParent, charges: allowance.charges },
    entries: intent.calls.map((call) => findEntryIndex(entries, call)),
  })
}
