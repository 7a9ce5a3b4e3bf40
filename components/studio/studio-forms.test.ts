import type { Address } from 'viem'
import { describe, expect, test } from 'vitest'
import type { SpendLimitJson } from '@/lib/permission/terms'
import { gameActionInputSchema } from '@/lib/policy/game-action-input-schema'
import type { DraftActionView } from '@/lib/policy/studio-view'
import * as action from './game-action-form'
import * as spend from './spend-limit-form'

const to: Address = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const row: DraftActionView = {
  ...{ id: crypto.randomUUID(), position: 0 },
  ...{ name: 'Bet', description: 'Bets.', gasLimit: 90_000 },
  permission: {
    ...{ to, signature: 'bet(uint8,uint256)', maxCalls: 50 },
    ...{ maxValuePerCall: '1000', maxValue: '9000' },
    ...{ period: 5_400, maxCallsPerPeriod: 5, maxValuePerPeriod: '3000' },
    rules: ['arg0 <= 3', 'sum(arg1) <= 100 and <= 10 per period'],
  },
}

describe('game action form', () => {
  const form = action.formOf(row, to)

  // Guarantee: opening an action and saving it changes nothing.
  test('behavior: a row comes out as it went in', () => {
    const input = action.inputOf(form, row.id)
    const { position, ...saved } = row
    expect(action.isSendable(form)).toBe(true)
    expect(gameActionInputSchema.parse(input)).toEqual(saved)
  })

  test('behavior: without a period nothing is limited by it', () => {
    const { amount } = form.period
    const rules = ['arg0 <= 3', ' ']
    const input = action.inputOf(
      { ...form, period: { amount, unit: 'none' }, rules },
      undefined,
    )
    expect(input).toMatchObject({
      ...{ period: 0, maxCallsPerPeriod: 0, maxValuePerPeriod: '0' },
      rules: ['arg0 <= 3'],
    })
  })

  test.each<[string, Partial<action.GameActionForm>]>([
    ['a rule that cannot be read', { rules: ['arg0 <='] }],
    ['a rule for no argument', { rules: ['arg2 <= 3'] }],
    [
      'a period that is too short',
      { period: { amount: '0.5', unit: 'minutes' } },
    ],
    ['a period that is no number', { period: { amount: '', unit: 'hours' } }],
    ['more calls per period than in all', { callsPerPeriod: '51' }],
    ['no call per period', { callsPerPeriod: '0' }],
    ['less per period than per call', { ethPerPeriod: '0' }],
    ['more per period than in all', { ethPerPeriod: '1' }],
    ['a function that is none', { signature: 'bet(uint)', rules: [] }],
  ])('error: %s', (_, change) => {
    expect(action.isSendable({ ...form, ...change })).toBe(false)
  })
})

describe('spend limit form', () => {
  const limit: SpendLimitJson = {
    ...{ token: to, maxAmount: '500', period: 86_400 },
    maxAmountPerPeriod: '50',
  }
  const form = spend.formOf(limit)

  test('behavior: a limit comes out as it went in', () => {
    expect(spend.limitOf(form)).toEqual(limit)
    const always = { ...limit, period: 0, maxAmountPerPeriod: '0' }
    expect(spend.limitOf(spend.formOf(always))).toEqual(always)
    expect(spend.limitOf(spend.formOf(null))).toBeNull()
  })

  test.each<[string, Partial<spend.SpendLimitForm>]>([
    ['token', { token: '0x12' }],
    ['maxAmount', { maxAmount: '0' }],
    ['maxAmount', { maxAmount: '1.5' }],
    ['maxAmount', { maxAmount: String(2n ** 112n) }],
    ['maxAmountPerPeriod', { maxAmountPerPeriod: '501' }],
    ['maxAmountPerPeriod', { maxAmountPerPeriod: '' }],
  ])('error: %s: %o', (field, change) => {
    const typed = { ...form, ...change }
    expect(Object.keys(spend.faultsOf(typed))).toEqual([field])
    expect(spend.limitOf(typed)).toBeNull()
  })
})
