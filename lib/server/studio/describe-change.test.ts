import { expect, test } from 'vitest'
import { diffPolicies } from '@/lib/policy/diff-policies'
import type { PolicyDocument } from '@/lib/policy/policy'
import { describeChange } from './describe-change'

const token = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const none = {
  ...{ actions: [], spendLimits: [], maxDurationSeconds: 3_600 },
} as unknown as PolicyDocument

function limited(period: number, maxAmountPerPeriod: string): PolicyDocument {
  const limit = {
    token,
    maxAmount: '5000',
    period,
    maxAmountPerPeriod,
  } as const
  return { ...none, spendLimits: [limit] }
}

const say = (from: PolicyDocument, to: PolicyDocument) =>
  diffPolicies(from, to).map(describeChange)

// Guarantee: who publishes reads every limit that comes or goes, the one per period too.
test('behavior: a spend limit that comes or goes is told with its period', () => {
  const hourly = limited(3_600, '1000')
  expect(say(none, hourly)).toEqual([
    'Spending of 0xd8dA…6045 added: per session 5000 units, per period 1000 units every hour',
  ])
  expect(say(hourly, none)).toEqual([
    'Spending of 0xd8dA…6045 removed: per session 5000 units, per period 1000 units every hour (allows more)',
  ])
  expect(say(none, limited(0, '0'))).toEqual([
    'Spending of 0xd8dA…6045 added: per session 5000 units',
  ])
})

test('behavior: of a changed limit both values are told', () => {
  expect(say(limited(3_600, '1000'), limited(60, '1000'))).toEqual([
    'Spending of 0xd8dA…6045: per period 1000 units every hour → 1000 units every minute (allows more)',
  ])
})
