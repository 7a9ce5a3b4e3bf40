import { type Address, type Hex, isAddressEqual, size, slice } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { ErrorCode } from '@/lib/errors/error-table'
import type { Permission, PermissionUsage } from '../permission/permission'
import { selectorOf } from '../permission/selector'
import {
  MAX_CALL_GAS,
  MAX_CALLS_PER_INTENT,
  MAX_INTENT_TTL_SECONDS,
} from './limits'
import type { SessionStatus } from './session'

/** What is known about a session at the moment of judging. */
export type SessionFacts = {
  /** `pending` counts as active: it is enabled in the same bundle. */
  status: SessionStatus
  /** Unix seconds, inclusive. */
  validAfter: number
  /** Unix seconds, exclusive. */
  validUntil: number
  permissions: readonly Permission[]
  /** Use so far, one per permission, including what is on its way. */
  usage: readonly PermissionUsage[]
  /** Next unused sequence of `lane`. */
  nextSequence: (lane: number) => number
}

/** The part of an intent that rules apply to. Signature and ids are checked elsewhere. */
export type JudgedIntent = {
  lane: number
  sequence: number
  calls: readonly { to: Address; value: bigint; data: Hex }[]
  /** Unix seconds, exclusive. */
  expiry: number
  callGas: number
}

export type Verdict =
  | { ok: true; usage: PermissionUsage[] }
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

type Details = NonNullable<PlaykeyError['details']>
type Refusal = { code: ErrorCode; details: Details }

function refuse(code: ErrorCode, details: Details): Refusal {
  return { code, details }
}

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

/** Index of the permission that covers a call, or -1. */
export function findPermissionIndex(
  permissions: readonly Permission[],
  call: { to: Address; data: Hex },
): number {
  if (size(call.data) < 4) return -1
  const selector = slice(call.data, 0, 4).toLowerCase()
  return permissions.findIndex(
    (permission) =>
      isAddressEqual(permission.to, call.to) &&
      selectorOf(permission.signature) === selector,
  )
}

function chargeCall(
  permission: Permission,
  usage: PermissionUsage,
  value: bigint,
  index: number,
): Refusal | PermissionUsage {
  const calls = usage.calls + 1
  const spent = BigInt(usage.valueWei) + value
  const { maxCalls, maxValuePerCall, maxValue } = permission
  if (value > 0n && maxValue === 0n) {
    return refuse('value_not_allowed', { index, value: value.toString() })
  }
  if (calls > maxCalls) {
    return refuse('call_limit_exceeded', { index, maxCalls, used: usage.calls })
  }
  if (value > maxValuePerCall) {
    return refuse('value_per_call_exceeded', {
      index,
      value: value.toString(),
      maxValuePerCall: maxValuePerCall.toString(),
    })
  }
  if (value > 0n && spent > maxValue) {
    return refuse('value_limit_exceeded', {
      index,
      maxValue: maxValue.toString(),
      used: usage.valueWei,
    })
  }
  return { calls, valueWei: spent.toString() }
}

function judgeCalls(input: Evaluation): Refusal | PermissionUsage[] {
  const { permissions } = input.session
  const usage = permissions.map(
    (_, index) => input.session.usage[index] ?? { calls: 0, valueWei: '0' },
  )
  for (const call of input.intent.calls) {
    const index = findPermissionIndex(permissions, call)
    const permission = permissions[index]
    const used = usage[index]
    if (permission === undefined || used === undefined) {
      return refuse('call_not_permitted', {
        to: call.to,
        selector: call.data.slice(0, 10),
      })
    }
    const charged = chargeCall(permission, used, call.value, index)
    if ('code' in charged) return charged
    usage[index] = charged
  }
  return usage
}

/**
 * Whether the chain would let `intent` run, by the same rules in the same order.
 * On success `usage` is what the counters would be if every call succeeds. Pure: signature, account and session id are the caller's to check.
 */
export function evaluateIntent(input: Evaluation): Verdict {
  const early = judgeSession(input) ?? judgeTerms(input) ?? judgeOrder(input)
  const outcome = early ?? judgeCalls(input)
  if (Array.isArray(outcome)) return { ok: true, usage: outcome }
  const { code, details } = outcome
  return { ok: false, error: new PlaykeyError(code, { details }) }
}
