import { zeroAddress } from 'viem'
import { describe, expect, test } from 'vitest'
import { makePermission } from '@/lib/permission/permission'
import { makeTerms } from '@/lib/permission/terms'
import { toTermsJson } from '@/lib/permission/terms-json'
import { narrowTerms } from './dialect-grant'

const game = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const token = '0x00000000000000000000000000000000000acc07'
const move = makePermission({
  ...{ to: game, signature: 'move(uint8)', maxCalls: 500 },
  rules: ['arg0 <= 3'],
})
const buy = makePermission({
  ...{ to: game, signature: 'buy(uint256)', maxCalls: 5 },
  ...{ maxValuePerCall: 10n, maxValue: 40n },
})
const offered = toTermsJson(
  makeTerms(
    [move, buy],
    [{ token, maxAmount: 900n, period: 0, maxAmountPerPeriod: 0n }],
  ),
)
const calls = [{ to: game, signature: 'move(uint8)' } as const]
const spend = (limit: number, of?: typeof token | typeof zeroAddress) => [
  { limit: `0x${limit.toString(16)}`, period: 'day', token: of } as const,
]

describe('narrowTerms', () => {
  // Guarantee: a game that asks for less gets less, and never loses a rule or a spend limit on the way.
  test('behavior: keeps rules and every spend limit of the policy', () => {
    expect(narrowTerms(offered, { calls })).toEqual({
      permissions: [offered.permissions[0]],
      spendLimits: offered.spendLimits,
    })
  })

  test('param: spend limits that the policy keeps anyway', () => {
    for (const kept of [spend(900, token), spend(0), spend(5, zeroAddress)]) {
      expect(() => narrowTerms(offered, { calls, spend: kept })).not.toThrow()
    }
  })

  test.each([
    ['a tighter one', spend(899, token)],
    ['one of a token without a limit', spend(10_000, game as typeof token)],
  ])('error: %s could not be kept', (_, asked) => {
    expect(() => narrowTerms(offered, { calls, spend: asked })).toThrow(
      'cannot be kept',
    )
  })

  test('error: a tighter limit for ETH could not be kept', () => {
    const both = [...calls, { to: game, signature: 'buy(uint256)' } as const]
    const ask = (limit: number) =>
      narrowTerms(offered, { calls: both, spend: spend(limit) })
    expect(ask(40).permissions).toHaveLength(2)
    expect(() => ask(39)).toThrow('cannot be kept')
  })

  test('error: a function that the policy does not have', () => {
    const stray = [{ to: game, signature: 'burn(uint256)' } as const]
    expect(() => narrowTerms(offered, { calls: stray })).toThrow(
      'more than the game may ask for',
    )
  })
})
