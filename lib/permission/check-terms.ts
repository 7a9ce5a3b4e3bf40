import type { Address } from 'viem'
import {
  checkFunction,
  checkLimits,
  checkRules,
  isPeriod,
} from './check-permission'
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

function checkTarget(
  { to }: Permission,
  { ownContracts }: TermsContext,
): TermsProblem[] {
  if (!isForbiddenTarget(to, ownContracts)) return []
  const message = 'can never be the target of a session'
  return [problem('ForbiddenTarget', ['to'], message)]
}

function checkTokenFunction(
  { to, signature }: Permission,
  { spendLimits }: Terms,
): TermsProblem[] {
  const isLimited = spendLimits.some(({ token }) => isSameAddress(token, to))
  if (tokenFunctionOf(signature) === 0 || isLimited) return []
  const message = 'moves tokens and needs a spend limit for its contract'
  return [problem('SpendLimitMissing', ['signature'], message)]
}

function checkDistinct(
  permission: Permission,
  before: readonly Permission[],
): TermsProblem[] {
  const isAgain = (other: Permission) => isSameFunction(other, permission)
  if (!before.some(isAgain)) return []
  const message = 'is listed twice for the same contract'
  return [problem('DuplicatePermission', ['signature'], message)]
}

function checkDistinctToken(
  { spendLimits }: Terms,
  index: number,
): TermsProblem[] {
  const token = spendLimits[index]?.token
  const before = spendLimits.slice(0, index)
  if (!token || !before.some((other) => isSameAddress(other.token, token))) {
    return []
  }
  const path = ['spendLimits', index, 'token']
  return [problem('InvalidSpendLimit', path, 'is listed twice')]
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
    ...terms.permissions.flatMap((permission, index) =>
      problemsAt(
        ['permissions', index],
        [
          ...checkTokenFunction(permission, terms),
          ...checkDistinct(permission, terms.permissions.slice(0, index)),
        ],
      ),
    ),
    ...terms.spendLimits.flatMap((_, index) =>
      checkDistinctToken(terms, index),
    ),
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

/** In the contract's order, so that its error is the first problem here. */
function checkWhole(
  terms: Terms,
  context: TermsContext,
  permission: Permission,
  index: number,
): TermsProblem[] {
  const problems = [
    ...checkLimits(permission),
    ...checkTarget(permission, context),
    ...checkFunction(permission),
    ...checkTokenFunction(permission, terms),
    ...checkDistinct(permission, terms.permissions.slice(0, index)),
    ...checkRules(permission),
  ]
  return problemsAt(['permissions', index], problems)
}

/** Everything for which the contract would refuse `terms`, with the path of each field, its own error first; empty when they can be granted. */
export function checkTerms(
  terms: Terms,
  context: TermsContext = {},
): TermsProblem[] {
  const counts = checkCounts(terms)
  if (counts.length > 0) return counts
  return [
    ...terms.permissions.flatMap((permission, index) =>
      checkWhole(terms, context, permission, index),
    ),
    ...terms.spendLimits.flatMap((limit, index) => [
      ...problemsAt(['spendLimits', index], checkSpendLimit(limit, context)),
      ...checkDistinctToken(terms, index),
    ]),
    ...checkSizes(terms),
  ]
}

/** @throws PlaykeyError the first problem of `checkTerms`. */
export function assertTerms(terms: Terms, context: TermsContext = {}): void {
  const [first] = checkTerms(terms, context)
  if (first) throw toTermsError(first)
}
