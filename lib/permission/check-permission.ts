import { parseRule } from './compile-rule'
import { parseFunctionSignature } from './function-signature'
import {
  MAX_AMOUNT,
  MAX_CALLS,
  MAX_PERIOD_SECONDS,
  MAX_RULES,
  MIN_PERIOD_SECONDS,
} from './limits'
import type { Permission } from './permission'
import { problem, type TermsProblem } from './terms-problem'
import { unboundedGroupOf } from './unbounded-functions'

function checkCalls({ maxCalls }: Permission): TermsProblem[] {
  if (maxCalls >= 1 && maxCalls <= MAX_CALLS) return []
  const message = `must be 1 to ${MAX_CALLS.toLocaleString('en-US')}`
  return [problem('InvalidCallLimit', ['maxCalls'], message)]
}

function checkValue(permission: Permission): TermsProblem[] {
  const { maxValuePerCall, maxValue } = permission
  const say = (message: string) => [
    problem('InvalidValueLimit', ['maxValue'], message),
  ]
  if (maxValue > MAX_AMOUNT) return say('must be below 2^112')
  if (maxValuePerCall > maxValue) return say('must be at least maxValuePerCall')
  return (maxValuePerCall === 0n) === (maxValue === 0n)
    ? []
    : say('must be 0 exactly when maxValuePerCall is 0')
}

/** Whether `period` is one that the chain can count, in seconds. */
export function isPeriod(period: number): boolean {
  return period >= MIN_PERIOD_SECONDS && period <= MAX_PERIOD_SECONDS
}

function checkPeriod(permission: Permission): TermsProblem[] {
  const { period, maxCalls, maxCallsPerPeriod, maxValuePerPeriod } = permission
  const { maxValuePerCall, maxValue } = permission
  const say = (field: string, message: string) => [
    problem('InvalidPeriod', [field], message),
  ]
  if (period === 0) {
    if (maxCallsPerPeriod !== 0) {
      return say('maxCallsPerPeriod', 'must be 0 without a period')
    }
    if (maxValuePerPeriod === 0n) return []
    return say('maxValuePerPeriod', 'must be 0 without a period')
  }
  if (!isPeriod(period)) return say('period', 'must be 60 seconds to 30 days')
  if (maxCallsPerPeriod < 1 || maxCallsPerPeriod > maxCalls) {
    return say('maxCallsPerPeriod', 'must be 1 to maxCalls')
  }
  const isWithin =
    maxValue === 0n
      ? maxValuePerPeriod === 0n
      : maxValuePerPeriod >= maxValuePerCall && maxValuePerPeriod <= maxValue
  if (isWithin) return []
  return say('maxValuePerPeriod', 'must be maxValuePerCall to maxValue')
}

const ruleMessages = {
  InvalidRule: 'is not a rule, or could never hold',
  UnsupportedRule: 'asks something that this argument does not have',
}

/** What is wrong with the limits of one permission; paths start at the permission. */
export function checkLimits(permission: Permission): TermsProblem[] {
  return [
    ...checkCalls(permission),
    ...checkValue(permission),
    ...checkPeriod(permission),
  ]
}

/** What is wrong with the function of one permission. */
export function checkFunction({ signature }: Permission): TermsProblem[] {
  if (parseFunctionSignature(signature) === null) {
    const message = 'must be a canonical function signature such as move(uint8)'
    return [problem('InvalidFunctionSignature', ['signature'], message)]
  }
  if (unboundedGroupOf(signature) === null) return []
  const message = 'is a function whose effect no limit could bound'
  return [problem('UnboundedFunction', ['signature'], message)]
}

/** What is wrong with the rules of one permission; nothing is said while its signature cannot be read. */
export function checkRules(permission: Permission): TermsProblem[] {
  const { rules, signature, period } = permission
  const words = parseFunctionSignature(signature)?.words
  if (words === undefined) return []
  if (rules.length > MAX_RULES) {
    return [problem('TooManyRules', ['rules'], `must be at most ${MAX_RULES}`)]
  }
  return rules.flatMap((text, index) => {
    const refusal = parseRule(text, { words, hasPeriod: period > 0 })
    return typeof refusal === 'string'
      ? [problem(refusal, ['rules', index], ruleMessages[refusal])]
      : []
  })
}

/** What is wrong within one permission; paths start at the permission. Its target and its neighbours are checked with the whole terms. */
export function checkPermission(permission: Permission): TermsProblem[] {
  return [
    ...checkLimits(permission),
    ...checkFunction(permission),
    ...checkRules(permission),
  ]
}
