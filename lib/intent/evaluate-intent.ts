import type { Address, Hex } from 'viem'
import type { PlaykeyError } from '@/lib/errors/base-error'
import type { Table, TableEntry } from '../permission/compile-terms'
import {
  MAX_CALL_GAS,
  MAX_CALLS_PER_INTENT,
  MAX_INTENT_TTL_SECONDS,
} from '../session/limits'
import type { SessionStatus } from '../session/session'
import type { SessionUsage } from '../session/session-usage'
import { chargeCall, settleTokens } from './charge-call'
import type { Call } from './intent'
import { type Refusal, refuse, toError } from './refusal'
import { UsageLedger } from './usage-ledger'

/** What is known about a session at the moment of judging. */
export type SessionFacts = {
  /** `pending` counts as active: it is enabled in the same bundle. */
  status: SessionStatus
  /** Unix seconds, inclusive. */
  validAfter: number
  /** Unix seconds, exclusive. */
  validUntil: number
  /** From `compileTerms` or `decodeTable`. */
  table: Table
  /** Use so far, including what is on its way. */
  usage: SessionUsage
  /** Next unused sequence of `lane`. */
  nextSequence: (lane: number) => number
}

/** The part of an intent that rules apply to. Signature and session id are checked elsewhere. */
export type JudgedIntent = {
  account: Address
  lane: number
  sequence: number
  calls: readonly Call[]
  /** Unix seconds, exclusive. */
  expiry: number
  callGas: number
}

export type Verdict =
  | {
      ok: true
      /** What the chain will have counted if every call succeeds. Of tokens only what `transfer` and `transferFrom` name: the chain charges what really left, if that is more. */
      usage: SessionUsage
    }
  | { ok: false; error: PlaykeyError }

type Evaluation = {
  session: SessionFacts
  intent: JudgedIntent
  nowSeconds: number
  /** Unix seconds; 0 = not paused. */
  pausedUntil: number
}

/** Last number of a lane, never used. */
const LAST_SEQUENCE = 2 ** 32 - 1

function judgeSession(input: Evaluation): Refusal | null {
  const { session, nowSeconds } = input
  const { status, validAfter, validUntil } = session
  if (status === 'revoked') return refuse('session_revoked', {})
  if (nowSeconds >= validUntil) {
    return refuse('session_expired', { validUntil, nowSeconds })
  }
  if (nowSeconds < validAfter) {
    return refuse('session_not_started', { validAfter, nowSeconds })
  }
  return null
}

function judgeTerms(input: Evaluation): Refusal | null {
  const { intent, nowSeconds } = input
  const { expiry, callGas } = intent
  if (nowSeconds >= expiry) {
    return refuse('intent_expired', { expiry, nowSeconds })
  }
  if (expiry - nowSeconds > MAX_INTENT_TTL_SECONDS) {
    const latest = nowSeconds + MAX_INTENT_TTL_SECONDS
    return refuse('intent_expiry_too_far', { expiry, latest })
  }
  if (callGas > MAX_CALL_GAS) {
    return refuse('call_gas_too_high', { callGas, maxCallGas: MAX_CALL_GAS })
  }
  return null
}

function judgeOrder(input: Evaluation): Refusal | null {
  const { intent, session, nowSeconds, pausedUntil } = input
  const { sequence } = intent
  const next = session.nextSequence(intent.lane)
  // The very last number stays unused, so that none ever comes round again.
  if (sequence < next || next === LAST_SEQUENCE) {
    return refuse('sequence_used', { next, sequence })
  }
  if (sequence > next) return refuse('sequence_ahead', { next, sequence })
  if (nowSeconds < pausedUntil) return refuse('policy_paused', { pausedUntil })
  const count = intent.calls.length
  if (count >= 1 && count <= MAX_CALLS_PER_INTENT) return null
  return refuse('call_count', { count, maxCalls: MAX_CALLS_PER_INTENT })
}

/** Index of the entry that covers a call, or -1. */
export function findEntryIndex(
  entries: readonly Pick<TableEntry, 'to' | 'selector'>[],
  call: { to: Address; data: Hex },
): number {
  if (call.data.length < 10) return -1
  const selector = call.data.slice(0, 10).toLowerCase()
  return entries.findIndex(
    (entry) => entry.selector === selector && isSame(entry.to, call.to),
  )
}

/** The same account, whatever the casing. */
function isSame(a: Address, b: Address): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase()
}

function judgeCall(
  input: Evaluation,
  ledger: UsageLedger,
  call: Call,
): Refusal | null {
  const { table } = input.session
  const index = findEntryIndex(table.entries, call)
  const entry = table.entries[index]
  if (entry === undefined) {
    return refuse('call_not_permitted', {
      to: call.to,
      selector: call.data.slice(0, 10),
    })
  }
  if (call.value > 0n && entry.maxValue === 0n) {
    return refuse('value_not_allowed', { index, value: call.value.toString() })
  }
  if (isSame(call.to, input.intent.account)) {
    return refuse('forbidden_target', { index, to: call.to })
  }
  return chargeCall({ ledger, table, entry, index, call })
}

function judgeCalls(input: Evaluation, ledger: UsageLedger): Refusal | null {
  for (const call of input.intent.calls) {
    const refusal = judgeCall(input, ledger, call)
    if (refusal) return refusal
  }
  return null
}

/**
 * Whether the chain would let `intent` run, by the same rules in the same order.
 * Pure: signature, session id and the epoch of the account are the caller's to check.
 */
export function evaluateIntent(input: Evaluation): Verdict {
  const { session, nowSeconds } = input
  const { validAfter, validUntil } = session
  const clock = { nowSeconds, validAfter, validUntil }
  const ledger = new UsageLedger(session.usage, clock)
  const refusal =
    judgeSession(input) ??
    judgeTerms(input) ??
    judgeOrder(input) ??
    judgeCalls(input, ledger)
  if (refusal) return { ok: false, error: toError(refusal) }
  settleTokens(session.table, ledger)
  return { ok: true, usage: ledger.usage }
}
