import type { Address } from 'viem'
import { checkPermission, isPeriod } from './check-permission'
import { cellsOf } from './compile-terms'
import { isSameFunction } from './find-permission'
import { isForbiddenTarget } from './forbidden-target'
import {
  MAX_AMOUNT,
  MAX_CELLS,
  MAX_METERS,
  MAX_PERMISSIONS,
  MAX_SPEND_LIMITS,
} from './limits'
import type { Permission } from './permission'
import type { SpendLimit, Terms } from './terms'
import {
  type FieldPath,
  problem,
  problemsAt,
  type TermsProblem,
  toTermsError,
} from './terms-problem'
import { tokenFunctionOf } from './token-function'

/** What the check may know about the world. */
export type TermsContext = {
  /** Playkey's own contracts, which are never a target. */
  ownContracts?: readonly Address[]
}

function isSameAddress(a: Address, b: Address): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

/** What is wrong within one spend limit; paths start at the limit. */
export function checkSpendLimit(
  limit: SpendLimit,
  { ownContracts }: TermsContext = {},
): TermsProblem[] {
  const { token, maxAmount, period, maxAmountPerPeriod } = limit
  const say = (field: string, message: string) => [
    problem('InvalidSpendLimit', [field], message),
  ]
  if (isForbiddenTarget(token, ownContracts)) {
    return say('token', 'can never be the target of a session')
  }
  if (maxAmount < 1n || maxAmount > MAX_AMOUNT) {
    return say('maxAmount', 'must be 1 to 2^112-1')
  }
  if (period === 0) {
    if (maxAmountPerPeriod === 0n) return []
    return say('maxAmountPerPeriod', 'must be 0 without a period')
  }
  if (!isPeriod(period)) return say('period', 'must be 60 seconds to 30 days')
  const isWithin = maxAmountPerPeriod >= 1n && maxAmountPerPeriod <= maxAmount
  return isWithin ? [] : say('maxAmountPerPeriod', 'must be 1 to maxAmount')
}

function checkNeighbours(
  { permissions, spendLimits }: Terms,
  index: number,
): TermsProblem[] {
  const permission = permissions[index]
  if (permission === undefined) return []
  const problems: TermsProblem[] = []
  const isAgain = (other: Permission) => isSameFunction(other, permission)
  if (permissions.slice(0, index).some(isAgain)) {
    const message = 'is listed twice for the same contract'
    problems.push(problem('DuplicatePermission', ['signature'], message))
  }
  const isLimited = spendLimits.some(({ token }) =>
    isSameAddress(token, permission.to),
  )
  if (tokenFunctionOf(permission.signature) !== 0 && !isLimited) {
    const message = 'moves tokens and needs a spend limit for its contract'
    problems.push(problem('SpendLimitMissing', ['signature'], message))
  }
  return problems
}

function checkDistinctTokens({ spendLimits }: Terms): TermsProblem[] {
  return spendLimits.flatMap(({ token }, index) => {
    const before = spendLimits.slice(0, index)
    if (!before.some((other) => isSameAddress(other.token, token))) return []
    const path: FieldPath = ['spendLimits', index, 'token']
    return [problem('InvalidSpendLimit', path, 'is listed twice')]
  })
}

function metersOf(permission: Permission): number {
  const sums = permission.rules.filter((text) => text.startsWith('sum('))
  return sums.length + (permission.maxValue > 0n ? 1 : 0)
}

function checkSizes({ permissions, spendLimits }: Terms): TermsProblem[] {
  const problems: TermsProblem[] = []
  const cells = permissions.reduce((sum, each) => sum + cellsOf(each), 0)
  if (cells > MAX_CELLS) {
    const message = `need ${cells} counters, ${MAX_CELLS} at most: 1 each, 3 with a period`
    problems.push(problem('TooManyCounters', ['permissions'], message))
  }
  const ofPermissions = permissions.reduce((sum, p) => sum + metersOf(p), 0)
  const meters = ofPermissions + spendLimits.length
  if (meters > MAX_METERS) {
    const message = `need ${meters} meters, ${MAX_METERS} at most: 1 for each value, sum and spend limit`
    problems.push(problem('TooManyMeters', ['permissions'], message))
  }
  return problems
}

/** What is wrong between the parts of `terms`, rather than within one of them. */
export function checkTogether(terms: Terms): TermsProblem[] {
  return [
    ...terms.permissions.flatMap((_, index) =>
      problemsAt(['permissions', index], checkNeighbours(terms, index)),
    ),
    ...checkDistinctTokens(terms),
    ...checkSizes(terms),
  ]
}

function checkCounts({ permissions, spendLimits }: Terms): TermsProblem[] {
  const count = permissions.length
  if (count < 1 || count > MAX_PERMISSIONS) {
    const message = `must be 1 to ${MAX_PERMISSIONS}`
    return [problem('InvalidPermissionCount', ['permissions'], message)]
  }
  if (spendLimits.length <= MAX_SPEND_LIMITS) return []
  const message = `must be at most ${MAX_SPEND_LIMITS}`
  return [problem('TooManySpendLimits', ['spendLimits'], message)]
}

function checkWhole(
  terms: Terms,
  index: number,
  { ownContracts }: TermsContext,
): TermsProblem[] {
  const permission = terms.permissions[index]
  if (permission === undefined) return []
  const problems = [
    ...checkPermission(permission),
    ...checkNeighbours(terms, index),
  ]
  if (isForbiddenTarget(permission.to, ownContracts)) {
    const message = 'can never be the target of a session'
    problems.push(problem('ForbiddenTarget', ['to'], message))
  }
  return problemsAt(['permissions', index], problems)
}

/** Everything for which the contract would refuse `terms`, with the path of each field; empty when they can be granted. */
export function checkTerms(
  terms: Terms,
  context: TermsContext = {},
): TermsProblem[] {
  const counts = checkCounts(terms)
  if (counts.length > 0) return counts
  return [
    ...terms.permissions.flatMap((_, index) =>
      checkWhole(terms, index, context),
    ),
    ...terms.spendLimits.flatMap((limit, index) =>
      problemsAt(['spendLimits', index], checkSpendLimit(limit, context)),
    ),
    ...checkDistinctTokens(terms),
    ...checkSizes(terms),
  ]
}

/** @throws PlaykeyError the first problem of `checkTerms`. */
export function assertTerms(terms: Terms, context: TermsContext = {}): void {
  const [first] = checkTerms(terms, context)
  if (first) throw toTermsError(first)
}
