import { type Address, formatEther } from 'viem'
import type { CompiledRule } from './compile-rule'
import { compileTerms } from './compile-terms'
import { describeAmount, type TokenLabel } from './describe-amount'
import { describeCalls } from './describe-permission'
import { windowsIn } from './period'
import type { Permission } from './permission'
import type { SpendLimit, Terms } from './terms'

/** Everything a session key could do at the very most. */
export type WorstCase = {
  /** Calls per permission, in order. */
  calls: number[]
  /** Wei over all permissions. */
  totalWei: bigint
  /** Tokens in their smallest units, one per spend limit. */
  spends: { token: Address; amount: bigint }[]
  /** Sums of arguments, one per sum rule. */
  sums: { permission: number; word: number; amount: bigint }[]
  /** `at most 500 moves, 10 mints and 0 ETH`. */
  text: string
}

/** Words for what the terms only number. */
export type WorstCaseWords = {
  /** The studio's words for the calls, one per permission. */
  nouns?: readonly (string | undefined)[]
  /** By checksummed address. */
  tokens?: Readonly<Record<Address, TokenLabel>>
}

function lower(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function highestOf(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (lower(a, b) === a ? b : a), 0n)
}

/** Most that calls can add up to, each at most `perCall`, within limits over the session and per period. */
type Charging = {
  perCall: bigint
  max: bigint
  maxPerPeriod: bigint
}

function maxCallsOf(permission: Permission, durationSeconds: number): number {
  if (permission.period === 0) return permission.maxCalls
  const windows = windowsIn(durationSeconds, permission.period)
  return Math.min(permission.maxCalls, permission.maxCallsPerPeriod * windows)
}

/** In each period some calls can take all they may and one more the rest; the calls of the whole session go where they take most. */
function maxCharge(
  permission: Permission,
  durationSeconds: number,
  { perCall, max, maxPerPeriod }: Charging,
): bigint {
  const calls = BigInt(maxCallsOf(permission, durationSeconds))
  if (permission.period === 0) return lower(max, perCall * calls)
  if (perCall === 0n) return 0n
  const windows = BigInt(windowsIn(durationSeconds, permission.period))
  const perPeriod = BigInt(permission.maxCallsPerPeriod)
  const wholeCalls = lower(perPeriod, maxPerPeriod / perCall)
  const full = lower(calls, windows * wholeCalls)
  const hasRest = perPeriod > wholeCalls
  const rests = hasRest ? lower(calls - full, windows) : 0n
  return lower(max, full * perCall + rests * (maxPerPeriod % perCall))
}

/** Most wei that one permission lets go. */
function maxWei(permission: Permission, durationSeconds: number): bigint {
  return maxCharge(permission, durationSeconds, {
    perCall: permission.maxValuePerCall,
    max: permission.maxValue,
    maxPerPeriod: permission.maxValuePerPeriod,
  })
}

/** Highest word that the other rules leave for a sum to add. */
function maxWordOf(rules: readonly CompiledRule[], word: number): bigint {
  return rules.reduce((highest, rule) => {
    if (rule.kind === 'sum') {
      return rule.word === word ? lower(highest, rule.maxPerPeriod) : highest
    }
    if (rule.word !== word) return highest
    const tops = rule.ranges.map(({ high }) => high)
    return lower(highest, highestOf(tops))
  }, 2n ** 112n)
}

function maxSpend(limit: SpendLimit, durationSeconds: number): bigint {
  if (limit.period === 0) return limit.maxAmount
  const windows = BigInt(windowsIn(durationSeconds, limit.period))
  return lower(limit.maxAmount, limit.maxAmountPerPeriod * windows)
}

function sumsOf(terms: Terms, durationSeconds: number): WorstCase['sums'] {
  return compileTerms(terms).entries.flatMap(({ rules }, index) => {
    const permission = terms.permissions[index]
    if (permission === undefined) return []
    return rules.flatMap((rule) => {
      if (rule.kind !== 'sum') return []
      const { word, max, maxPerPeriod } = rule
      const perCall = maxWordOf(rules, word)
      const amount = maxCharge(permission, durationSeconds, {
        ...{ perCall, max, maxPerPeriod },
      })
      return [{ permission: index, word, amount }]
    })
  })
}

/**
 * Upper bound of what `terms` allow within `durationSeconds`, exact for calls, value and tokens; for sums exact unless a rule leaves gaps between the values of an argument.
 * @throws PlaykeyError when the terms have no table.
 */
export function worstCaseOf(
  terms: Terms,
  durationSeconds: number,
  { nouns = [], tokens = {} }: WorstCaseWords = {},
): WorstCase {
  const { permissions, spendLimits } = terms
  const calls = permissions.map((each) => maxCallsOf(each, durationSeconds))
  const totalWei = permissions.reduce(
    (sum, permission) => sum + maxWei(permission, durationSeconds),
    0n,
  )
  const spends = spendLimits.map((limit) => ({
    token: limit.token,
    amount: maxSpend(limit, durationSeconds),
  }))
  const parts = permissions.map(({ signature }, index) => {
    const noun = nouns[index]
    const count = calls[index] ?? 0
    return noun === undefined
      ? describeCalls(signature, count)
      : `${count.toLocaleString('en-US')} ${noun}`
  })
  const amounts = [
    `${formatEther(totalWei)} ETH`,
    ...spends.map(({ token, amount }) =>
      describeAmount(amount, token, tokens[token]),
    ),
  ]
  const all = [...parts, ...amounts]
  const text = `at most ${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
  return {
    ...{ calls, totalWei, spends, text },
    sums: sumsOf(terms, durationSeconds),
  }
}
