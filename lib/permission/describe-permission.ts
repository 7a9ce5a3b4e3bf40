import { formatEther } from 'viem'
import { describeRule } from './describe-rule'
import { functionName } from './function-signature'
import { describePeriod } from './period'
import type { Permission } from './permission'

/** `0x1234…abcd`. */
export function shortAddress(address: string): string {
  return `${address.slice(0, 6)}…${address.slice(-4)}`
}

/** Whole number with thousands separators, the same everywhere. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

function times(count: number): string {
  return count === 1 ? 'once' : `${formatCount(count)} times`
}

function describeValueLimits(permission: Permission): string {
  const { maxValuePerCall, maxValue, maxValuePerPeriod, period } = permission
  if (maxValue === 0n) return 'without spending any ETH'
  const inPeriod =
    period === 0 || maxValuePerPeriod === maxValue
      ? ''
      : `, ${formatEther(maxValuePerPeriod)} ETH ${describePeriod(period)}`
  return `paying at most ${formatEther(maxValuePerCall)} ETH each time${inPeriod} and ${formatEther(maxValue)} ETH in all`
}

/** What the contract enforces for one permission, as a sentence, and one more per rule. Generated from the signed fields only. */
export function describePermission(
  permission: Permission,
  wordNames: readonly (string | undefined)[] = [],
): string {
  const { signature, to, maxCalls, period, maxCallsPerPeriod } = permission
  const inPeriod =
    period === 0
      ? ''
      : ` and ${times(maxCallsPerPeriod)} ${describePeriod(period)}`
  const call = `Calls ${signature} on ${shortAddress(to)}, at most ${times(maxCalls)}${inPeriod}, ${describeValueLimits(permission)}.`
  const rules = permission.rules.map((rule) => describeRule(rule, wordNames))
  return rules.length === 0 ? call : `${call} Only if ${rules.join('; ')}.`
}

/** Noun for calls of a function, from its onchain name: `moves`, `mint`, `buyRelic calls`. */
export function describeCalls(signature: string, count: number): string {
  const name = functionName(signature)
  const isPlainWord = /^[a-z]{2,12}$/.test(name)
  if (!isPlainWord) {
    return `${formatCount(count)} ${name} ${count === 1 ? 'call' : 'calls'}`
  }
  return `${formatCount(count)} ${count === 1 ? name : pluralOf(name)}`
}

function pluralOf(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
  return /(?:s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`
}
