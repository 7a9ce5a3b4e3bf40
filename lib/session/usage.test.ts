import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileTerms } from '../permission/compile-terms'
import { makePermission } from '../permission/permission'
import { makeTerms } from '../permission/terms'
import { evaluateGrant, type GrantFacts } from './evaluate-grant'
import {
  emptyUsage,
  fromUsageJson,
  permissionUsageOf,
  spendUsageOf,
  toUsageJson,
} from './session-usage'
import { decodeMeter, decodeSessionWord } from './session-word'

const to = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'

describe('session word', () => {
  test('behavior: every field is where the contract keeps it', () => {
    const cells = fc.array(fc.nat(524_287), { minLength: 8, maxLength: 8 })
    const fields = fc.record({
      status: fc.constantFrom('none', 'active', 'revoked'),
      isFast: fc.boolean(),
      isEarly: fc.boolean(),
      validAfter: fc.nat(2 ** 31 - 1),
      duration: fc.nat(2 ** 24 - 1),
      nextSequence: fc.nat(2 ** 31 - 1),
      cells,
    })
    fc.assert(
      fc.property(fields, ({ duration, ...rest }) => {
        const statuses = ['none', 'active', 'revoked']
        const low =
          BigInt(statuses.indexOf(rest.status)) |
          (rest.isFast ? 4n : 0n) |
          (rest.isEarly ? 8n : 0n) |
          (BigInt(rest.validAfter) << 8n) |
          (BigInt(duration) << 48n) |
          (BigInt(rest.nextSequence) << 72n)
        const word = rest.cells.reduce(
          (sum, cell, index) =>
            sum | (BigInt(cell) << BigInt(104 + 19 * index)),
          low,
        )
        const validUntil = rest.validAfter + duration
        expect(decodeSessionWord(word)).toEqual({ ...rest, validUntil })
      }),
    )
  })

  test('behavior: a meter', () => {
    const word = 5n | (7n << 112n) | (3n << 144n)
    expect(decodeMeter(word)).toEqual({ total: 5n, window: 7, inWindow: 3n })
    expect(decodeMeter(2n ** 256n - 1n).inWindow).toBe(2n ** 112n - 1n)
  })
})

describe('usage', () => {
  const table = compileTerms(
    makeTerms(
      [
        makePermission({ to, signature: 'move(uint8)', maxCalls: 5 }),
        makePermission({
          ...{ to, signature: 'mint(uint8)', maxCalls: 9 },
          ...{ maxValuePerCall: 4n, maxValue: 9n },
          ...{ period: 60, maxCallsPerPeriod: 3, maxValuePerPeriod: 5n },
          rules: ['arg0 < 9', 'sum(arg0) <= 20 and <= 8 per period'],
        }),
      ],
      [{ token: to, maxAmount: 50n, period: 60, maxAmountPerPeriod: 10n }],
    ),
  )
  const usage = emptyUsage()
  usage.cells.splice(0, 4, 2, 6, 1, 2)
  usage.meters[0] = { total: 7n, window: 1, inWindow: 4n }
  usage.meters[1] = { total: 11n, window: 1, inWindow: 3n }
  usage.meters[7] = { total: 30n, window: 0, inWindow: 9n }

  test('behavior: what was used in the present period', () => {
    const clock = { validAfter: 1_000, nowSeconds: 1_119 }
    expect(permissionUsageOf(table, usage, clock)).toEqual([
      {
        ...{ calls: 2, callsInPeriod: 2, valueWei: '0', valueInPeriodWei: '0' },
        sums: [],
      },
      {
        ...{ calls: 6, callsInPeriod: 2, valueWei: '7', valueInPeriodWei: '4' },
        sums: [{ total: '11', inPeriod: '3' }],
      },
    ])
    expect(spendUsageOf(table, usage, clock)).toEqual([
      { token: to, spent: '30', spentInPeriod: '0' },
    ])
  })

  test('behavior: in the next period only the totals are left', () => {
    const clock = { validAfter: 1_000, nowSeconds: 1_120 }
    expect(permissionUsageOf(table, usage, clock)[1]).toEqual({
      ...{ calls: 6, callsInPeriod: 0, valueWei: '7', valueInPeriodWei: '0' },
      sums: [{ total: '11', inPeriod: '0' }],
    })
  })

  test('behavior: survives JSON', () => {
    const wire = JSON.parse(JSON.stringify(toUsageJson(usage)))
    expect(fromUsageJson(wire)).toEqual(usage)
  })
})

describe('evaluateGrant', () => {
  const facts: GrantFacts = {
    stored: { status: 'active', validAfter: 1_000, validUntil: 2_000 },
    policy: { maxDurationSeconds: 5_000, pausedUntil: 0 },
    nowSeconds: 1_500,
  }
  const window = { validAfter: 1_000, validUntil: 3_000, grantDeadline: 1_600 }
  const judge = (
    change: Partial<typeof window>,
    world: Partial<GrantFacts> = {},
  ) => {
    const verdict = evaluateGrant(
      { ...window, ...change },
      { ...facts, ...world },
    )
    return verdict.ok ? verdict.effect : verdict.error.code
  }
  const none = { stored: { ...facts.stored, status: 'none' } } as const

  test('behavior: a first grant', () => {
    expect(judge({}, none)).toBe('granted')
    expect(judge({ validAfter: 3_000 }, none)).toBe('invalid_window')
    expect(judge({ validUntil: 1_500 }, none)).toBe('invalid_window')
    expect(judge({ validUntil: 6_000 }, none)).toBe('granted')
    expect(judge({ validUntil: 6_001 }, none)).toBe('duration_too_long')
    expect(judge({ grantDeadline: 1_500 }, none)).toBe('grant_expired')
    const day = { ...none, policy: null }
    expect(judge({ validUntil: 2_593_000 }, day)).toBe('granted')
    expect(judge({ validUntil: 2_593_001 }, day)).toBe('duration_too_long')
    const policy = { maxDurationSeconds: 5_000, pausedUntil: 1_501 }
    expect(judge({}, { ...none, policy })).toBe('policy_paused')
  })

  test('behavior: a renewal has the same start and a later end, counted from now', () => {
    expect(judge({})).toBe('renewed')
    expect(judge({ validUntil: 6_500 })).toBe('renewed')
    expect(judge({ validUntil: 6_501 })).toBe('duration_too_long')
    expect(judge({ validUntil: 2_000 })).toBe('unchanged')
    expect(judge({ validUntil: 1_999 })).toBe('renewal_not_later')
    expect(judge({ validAfter: 1_001 })).toBe('renewal_mismatch')
    expect(judge({ validAfter: 1_001, validUntil: 2_000 })).toBe(
      'renewal_not_later',
    )
    // A session that is over is renewed like any other.
    expect(judge({}, { nowSeconds: 2_500 })).toBe('grant_expired')
    expect(judge({ grantDeadline: 2_600 }, { nowSeconds: 2_500 })).toBe(
      'renewed',
    )
  })

  test('error: for ever revoked, and not beyond what the word can hold', () => {
    const revoked = { ...facts.stored, status: 'revoked' } as const
    expect(judge({}, { stored: revoked })).toBe('session_revoked')
    const end = 1_000 + 2 ** 24
    const late = {
      nowSeconds: end - 500,
      stored: { ...facts.stored, validUntil: end - 400 },
    }
    const grantDeadline = end
    expect(judge({ validUntil: end - 1, grantDeadline }, late)).toBe('renewed')
    expect(judge({ validUntil: end, grantDeadline }, late)).toBe(
      'duration_too_long',
    )
  })
})
