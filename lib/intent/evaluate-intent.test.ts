import { describe, expect, test } from 'vitest'
import { compileTerms } from '../permission/compile-terms'
import { makePermission } from '../permission/permission'
import { selectorOf } from '../permission/selector'
import { makeTerms } from '../permission/terms'
import { emptyUsage } from '../session/session-usage'
import {
  evaluateIntent,
  type JudgedIntent,
  type SessionFacts,
} from './evaluate-intent'

const to = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const other = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const account = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'
const move = makePermission({ to, signature: 'move(uint8)', maxCalls: 3 })
const mint = makePermission({
  ...{ to, signature: 'mint(uint256)', maxCalls: 3 },
  ...{ maxValuePerCall: 5n, maxValue: 8n },
})
const session: SessionFacts = {
  status: 'active',
  validAfter: 1_000,
  validUntil: 2_000,
  table: compileTerms(makeTerms([move, mint])),
  usage: emptyUsage(),
  nextSequence: (lane) => (lane === 0 ? 4 : 0),
}
const moveCall = { to, value: 0n, data: selectorOf(move.signature) } as const
const mintCall = { to, value: 5n, data: selectorOf(mint.signature) } as const
const intent: JudgedIntent = {
  account,
  lane: 0,
  sequence: 4,
  calls: [moveCall],
  expiry: 1_600,
  callGas: 100_000,
}

function judge(
  change: Partial<JudgedIntent> = {},
  facts: Partial<SessionFacts> = {},
  world: { nowSeconds?: number; pausedUntil?: number } = {},
): string {
  const verdict = evaluateIntent({
    session: { ...session, ...facts },
    intent: { ...intent, ...change },
    nowSeconds: world.nowSeconds ?? 1_500,
    pausedUntil: world.pausedUntil ?? 0,
  })
  return verdict.ok ? 'ok' : verdict.error.code
}

describe('evaluateIntent', () => {
  test('behavior: charges what would be used', () => {
    const verdict = evaluateIntent({
      session,
      intent: { ...intent, calls: [moveCall, mintCall, moveCall] },
      nowSeconds: 1_500,
      pausedUntil: 0,
    })
    const usage = emptyUsage()
    usage.cells.splice(0, 2, 2, 1)
    usage.meters[0] = { total: 5n, window: 0, inWindow: 0n }
    expect(verdict).toEqual({ ok: true, usage })
    expect(session.usage).toEqual(emptyUsage())
  })

  test('param: window, inclusive start and exclusive end', () => {
    const at = (nowSeconds: number) =>
      judge({ expiry: nowSeconds + 10 }, {}, { nowSeconds })
    expect([at(999), at(1_000), at(1_999), at(2_000)]).toEqual([
      'session_not_started',
      'ok',
      'ok',
      'session_expired',
    ])
  })

  test('param: expiry, exclusive and at most 900 seconds ahead', () => {
    const until = (expiry: number) => judge({ expiry })
    expect([until(1_500), until(1_501), until(2_400), until(2_401)]).toEqual([
      'intent_expired',
      'ok',
      'ok',
      'intent_expiry_too_far',
    ])
  })

  test('error: status, pause, gas, sequence, count', () => {
    expect(judge({}, { status: 'revoked' })).toBe('session_revoked')
    expect(judge({}, { status: 'pending' })).toBe('ok')
    expect(judge({}, {}, { pausedUntil: 1_501 })).toBe('policy_paused')
    expect(judge({}, {}, { pausedUntil: 1_500 })).toBe('ok')
    expect(judge({ callGas: 8_000_001 })).toBe('call_gas_too_high')
    expect(judge({ sequence: 5 })).toBe('sequence_ahead')
    expect(judge({ sequence: 3 })).toBe('sequence_used')
    expect(judge({ lane: 1 })).toBe('sequence_ahead')
    expect(judge({ lane: 1, sequence: 0 })).toBe('ok')
    expect(judge({ calls: [] })).toBe('call_count')
    expect(judge({ calls: Array(33).fill(moveCall) })).toBe('call_count')
  })

  test('error: pairs are exact', () => {
    const call = (change: object) =>
      judge({ calls: [{ ...moveCall, ...change }] })
    expect(call({ to: other })).toBe('call_not_permitted')
    expect(judge({ account: to })).toBe('forbidden_target')
    expect(call({ data: '0x12345678' })).toBe('call_not_permitted')
    expect(call({ data: '0x123456' })).toBe('call_not_permitted')
    expect(call({ data: '0x' })).toBe('call_not_permitted')
    expect(call({ value: 1n })).toBe('value_not_allowed')
  })

  test('error: limits hold over the whole batch', () => {
    const used = (calls: number, value = 0n) => {
      const usage = emptyUsage()
      usage.cells[0] = calls
      usage.meters[0] = { total: value, window: 0, inWindow: 0n }
      return { usage }
    }
    expect(judge({ calls: Array(3).fill(moveCall) })).toBe('ok')
    expect(judge({ calls: Array(4).fill(moveCall) })).toBe(
      'call_limit_exceeded',
    )
    expect(judge({}, used(3))).toBe('call_limit_exceeded')
    expect(judge({ calls: [mintCall] }, used(0, 3n))).toBe('ok')
    expect(judge({ calls: [mintCall] }, used(0, 4n))).toBe(
      'value_limit_exceeded',
    )
    expect(judge({ calls: [mintCall, mintCall] })).toBe('value_limit_exceeded')
    expect(judge({ calls: [{ ...mintCall, value: 6n }] })).toBe(
      'value_per_call_exceeded',
    )
  })
})
