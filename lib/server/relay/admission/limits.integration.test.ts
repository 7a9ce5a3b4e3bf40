import type { Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Permission } from '@/lib/permission/permission'
import type { Terms } from '@/lib/permission/terms'
import type { Session } from '@/lib/session/session'
import { toSessionJson } from '@/lib/session/session-json'
import { localAccounts } from '@/scripts/stack/keys'
import {
  codeOf,
  payment,
  type ShopStack,
  startShopStack,
  transfer,
} from '@/scripts/test/shop-stack'
import { TestPlayer } from '@/scripts/test/test-player'

let stack: ShopStack

beforeAll(async () => {
  stack = await startShopStack()
})
afterAll(() => stack?.stop())

async function newPlayer(): Promise<TestPlayer> {
  const player = new TestPlayer()
  await player.grant()
  return player
}

describe('limits', () => {
  test('behavior: value and sums are counted at admission with what is on its way, and mirrored', async () => {
    const player = await newPlayer()
    await stack.anvil('anvil_setBalance', [player.account, '0xffff'])
    const first = await player.send(await payment(player, 40n, 5n))
    expect(await codeOf(player.send(await payment(player, 21n, 0n)))).toBe(
      'argument_period_sum_exceeded',
    )
    expect(await codeOf(player.send(await payment(player, 1n, 6n)))).toBe(
      'value_limit_exceeded',
    )
    expect(await codeOf(player.send(await payment(player, 1n, 7n)))).toBe(
      'value_per_call_exceeded',
    )
    const second = await player.send(await payment(player, 20n, 5n))
    expect(await stack.settleAll([first, second])).toEqual([
      'confirmed',
      'confirmed',
    ])
    const view = await stack.mirrored(player.sessionId)
    expect(view.permissions[2]).toMatchObject({
      ...{ name: 'Pay', calls: 2, callsInPeriod: 2 },
      ...{ valueWei: '10', valueInPeriodWei: '10' },
      sums: [{ total: '60', inPeriod: '60' }],
    })
    expect(await codeOf(player.send(await payment(player, 1n, 0n)))).toBe(
      'argument_period_sum_exceeded',
    )
  })

  test('behavior: what a failed intent had reserved is free again', async () => {
    const player = await newPlayer()
    const id = await player.send(await payment(player, 60n, 1n))
    expect(await codeOf(player.send(await payment(player, 1n, 0n)))).toBe(
      'argument_period_sum_exceeded',
    )
    // The account owns nothing that it could pay with.
    expect(await stack.settleAll([id])).toEqual(['call_reverted'])
    const again = await player.send(await payment(player, 60n, 0n))
    expect(await stack.settleAll([again])).toEqual(['confirmed'])
    await stack.mirrored(player.sessionId)
  })

  test('behavior: spent tokens are counted at admission with what is on its way, and mirrored', async () => {
    const player = await newPlayer()
    const id = await player.send(await transfer(player, 70n))
    expect(await codeOf(player.send(await transfer(player, 31n)))).toBe(
      'spend_limit_exceeded',
    )
    expect(await stack.settleAll([id])).toEqual(['confirmed'])
    const { spends } = await stack.mirrored(player.sessionId)
    expect(spends).toMatchObject([{ spent: '70', limit: { maxAmount: '100' } }])
    expect(await codeOf(player.send(await transfer(player, 31n)))).toBe(
      'spend_limit_exceeded',
    )
    const last = await player.send(await transfer(player, 30n))
    expect(await stack.settleAll([last])).toEqual(['confirmed'])
    await stack.mirrored(player.sessionId)
  })

  test('error: arguments that a rule excludes', async () => {
    const player = await newPlayer()
    expect(await codeOf(player.send(await player.move(4)))).toBe(
      'argument_not_allowed',
    )
    expect(await codeOf(player.send(await player.mint(8n)))).toBe(
      'argument_not_allowed',
    )
  })
})

describe('own terms', () => {
  const change = (
    index: number,
    fields: Partial<Permission>,
  ): Partial<Terms> => ({
    permissions: stack.terms.permissions.map((permission, at) =>
      at === index ? { ...permission, ...fields } : permission,
    ),
  })
  const cases: [string, () => Partial<Terms>, string][] = [
    ['fewer calls', () => change(0, { maxCalls: 3_000 }), 'accepted'],
    [
      'fewer functions',
      () => ({ permissions: stack.terms.permissions.slice(0, 1) }),
      'accepted',
    ],
    ['no rule', () => change(0, { rules: [] }), 'wider_than_policy'],
    [
      'a wider rule',
      () => change(1, { rules: ['arg0 <= 8'] }),
      'wider_than_policy',
    ],
    [
      'more in a period',
      () => change(0, { maxCallsPerPeriod: 3_001 }),
      'wider_than_policy',
    ],
    [
      'more tokens',
      () => ({
        spendLimits: stack.terms.spendLimits.map((limit) => ({
          ...limit,
          maxAmount: 101n,
        })),
      }),
      'wider_than_policy',
    ],
    ['no spend limit', () => ({ spendLimits: [] }), 'spend_limit_missing'],
    [
      'the relay itself',
      () => change(0, { to: localAccounts.relayer.address }),
      'forbidden_target',
    ],
    [
      'SessionManager',
      () => change(0, { to: stack.context.sessionManager }),
      'forbidden_target',
    ],
  ]
  test.each(cases)('param: with %s', async (_, own, code) => {
    const player = new TestPlayer()
    const granted = player.grantTerms({ ...stack.terms, ...own() })
    expect(await codeOf(granted)).toBe(code)
    if (code !== 'accepted') return
    const id = await player.send(await player.step())
    expect(await stack.settleAll([id])).toEqual(['confirmed'])
    await stack.mirrored(player.sessionId)
  })

  test('security: the relay is nobody’s account: what it sends needs no signature of its own', async () => {
    const player = await newPlayer()
    const session = {
      ...(player.session as Session),
      account: localAccounts.relayer.address,
    }
    const owner = player.wallet.address.toLowerCase() as Hex
    expect(
      await codeOf(player.submit({ session: toSessionJson(session), owner })),
    ).toBe('forbidden_target')
  })
})
