import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeDuration, describePeriod, windowAt, windowsIn } from './period'
import { makePermission, type Permission } from './permission'
import { makeTerms } from './terms'
import { worstCaseOf } from './worst-case'

const to = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const token = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const move = makePermission({ to, signature: 'move(uint8)', maxCalls: 500 })
const mint = makePermission({
  ...{ to, signature: 'mint(uint256)', maxCalls: 10 },
  maxValuePerCall: 10n ** 16n,
  maxValue: 10n ** 17n,
})

/** Every way to spread calls over the periods, tried out. */
function bruteForce(
  permission: Permission,
  windows: number,
): { calls: number; value: number } {
  const perPeriod = permission.period
    ? permission.maxCallsPerPeriod
    : permission.maxCalls
  const valuePerPeriod = permission.period
    ? Number(permission.maxValuePerPeriod)
    : Number(permission.maxValue)
  const best = { calls: 0, value: 0 }
  const spread = (window: number, calls: number, value: number) => {
    best.calls = Math.max(best.calls, calls)
    best.value = Math.max(
      best.value,
      Math.min(value, Number(permission.maxValue)),
    )
    if (window === windows) return
    for (let more = 0; more <= perPeriod; more += 1) {
      if (calls + more > permission.maxCalls) break
      const most = more * Number(permission.maxValuePerCall)
      spread(window + 1, calls + more, value + Math.min(most, valuePerPeriod))
    }
  }
  spread(0, 0, 0)
  return best
}

describe('worstCaseOf', () => {
  test('behavior: adds up and is bounded by both limits', () => {
    const day = 86_400
    expect(worstCaseOf(makeTerms([move, mint]), day).text).toBe(
      'at most 500 moves, 10 mints and 0.1 ETH',
    )
    const fewer = makeTerms([{ ...mint, maxCalls: 3 }])
    expect(worstCaseOf(fewer, day).totalWei).toBe(3n * 10n ** 16n)
  })

  test('behavior: no more and no less than every spread of calls over the periods', () => {
    const small = (min: number, max: number) => fc.integer({ min, max })
    const permissions = fc
      .record({
        maxCalls: small(1, 8),
        share: small(1, 4),
        perCall: small(1, 6),
        part: small(0, 8),
        rest: small(0, 20),
        hasPeriod: fc.boolean(),
      })
      .map(({ maxCalls, share, perCall, part, rest, hasPeriod }) =>
        makePermission({
          ...{ to, signature: 'mint(uint256)', maxCalls },
          maxValuePerCall: BigInt(perCall),
          maxValue: BigInt(perCall + part + rest),
          period: hasPeriod ? 60 : 0,
          maxCallsPerPeriod: hasPeriod ? Math.min(share, maxCalls) : 0,
          maxValuePerPeriod: hasPeriod ? BigInt(perCall + part) : 0n,
        }),
      )
    fc.assert(
      fc.property(permissions, small(1, 200), (permission, duration) => {
        const windows = windowsIn(duration, permission.period)
        const expected = bruteForce(permission, windows)
        const worst = worstCaseOf(makeTerms([permission]), duration)
        expect(worst.calls).toEqual([expected.calls])
        expect(worst.totalWei).toBe(BigInt(expected.value))
      }),
      { numRuns: 300 },
    )
  })

  test('behavior: sums are bounded by calls, by the other rules and by periods', () => {
    const sumOf = (change: Partial<Permission>) =>
      worstCaseOf(makeTerms([{ ...mint, ...change }]), 180).sums[0]?.amount
    const rules = ['arg0 <= 5', 'sum(arg0) <= 40 and <= 12 per period']
    expect(sumOf({ rules: ['arg0 <= 5', 'sum(arg0) <= 40'] })).toBe(40n)
    expect(sumOf({ rules: ['arg0 <= 3', 'sum(arg0) <= 40'] })).toBe(30n)
    const period = { period: 60, maxValuePerPeriod: 10n ** 16n }
    // Three periods: 5 + 5 + 2 each.
    expect(sumOf({ rules, ...period, maxCallsPerPeriod: 3 })).toBe(36n)
    expect(sumOf({ rules, ...period, maxCallsPerPeriod: 2 })).toBe(30n)
    expect(sumOf({ rules, ...period, maxCallsPerPeriod: 3, maxCalls: 7 })).toBe(
      32n,
    )
  })

  test('behavior: tokens, named where they are known', () => {
    const limit = { token, maxAmount: 1_000n, period: 60 } as const
    const terms = makeTerms([move], [{ ...limit, maxAmountPerPeriod: 300n }])
    expect(worstCaseOf(terms, 120).spends).toEqual([{ token, amount: 600n }])
    expect(worstCaseOf(terms, 86_400).spends[0]?.amount).toBe(1_000n)
    expect(
      worstCaseOf(terms, 120, {
        nouns: ['steps'],
        tokens: { [token]: { symbol: 'GOLD', decimals: 1 } },
      }).text,
    ).toBe('at most 500 steps, 0 ETH and 60 GOLD')
  })
})

describe('periods', () => {
  test('behavior: the first second of a period belongs to it', () => {
    expect([0, 59, 60, 119, 120].map((at) => windowAt(at, 0, 60))).toEqual([
      ...[0, 0, 1, 1, 2],
    ])
    expect([1, 60, 61].map((length) => windowsIn(length, 60))).toEqual([
      ...[1, 1, 2],
    ])
  })

  test('behavior: windows in a duration are those that its seconds fall into', () => {
    const seconds = fc.integer({ min: 1, max: 500 })
    fc.assert(
      fc.property(seconds, seconds, (duration, period) => {
        const numbers = Array.from({ length: duration }, (_, second) =>
          windowAt(1_000 + second, 1_000, period),
        )
        expect(new Set(numbers).size).toBe(windowsIn(duration, period))
      }),
    )
  })

  test('behavior: in words', () => {
    expect(describeDuration(90_061)).toBe('1 day 1 hour 1 minute 1 second')
    expect(describeDuration(0)).toBe('0 seconds')
    expect([60, 86_400, 7_200, 5_400].map(describePeriod)).toEqual([
      ...['every minute', 'every day', 'every 2 hours'],
      'every 1 hour 30 minutes',
    ])
  })
})
