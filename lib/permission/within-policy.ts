import type { CompiledRule, WordRange } from './compile-rule'
import type { Table, TableEntry } from './compile-terms'
import type { SpendLimit } from './terms'

/** What of a session's own terms is not within its policy's. */
export type OutsidePolicy =
  | {
      error: 'PermissionOutsidePolicy'
      /** In the session's permissions. */
      index: number
    }
  | {
      error: 'SpendLimitOutsidePolicy'
      /** In the policy's spend limits. */
      index: number
    }

/** Whether every word of a range is in some of `ranges`, which may adjoin. */
function isCovered(
  { low, high }: WordRange,
  ranges: readonly WordRange[],
): boolean {
  const first = ranges.find((range) => low >= range.low && low <= range.high)
  if (first === undefined) return false
  return high <= first.high || isCovered({ low: first.high + 1n, high }, ranges)
}

/** Whether `inner` lets through nothing that `outer` refuses. */
function isAsStrict(inner: CompiledRule, outer: CompiledRule): boolean {
  if (inner.word !== outer.word) return false
  if (inner.kind === 'sum') {
    return (
      outer.kind === 'sum' &&
      inner.max <= outer.max &&
      inner.maxPerPeriod <= outer.maxPerPeriod
    )
  }
  return (
    outer.kind === 'ranges' &&
    inner.isSigned === outer.isSigned &&
    inner.ranges.every((range) => isCovered(range, outer.ranges))
  )
}

function isPeriodWithin(inner: TableEntry, outer: TableEntry): boolean {
  if (outer.period === 0) return true
  return (
    inner.period === outer.period &&
    inner.maxCallsPerPeriod <= outer.maxCallsPerPeriod &&
    inner.maxValuePerPeriod <= outer.maxValuePerPeriod
  )
}

function isEntryWithin(inner: TableEntry, outer: TableEntry): boolean {
  return (
    inner.to.toLowerCase() === outer.to.toLowerCase() &&
    inner.selector === outer.selector &&
    inner.maxCalls <= outer.maxCalls &&
    inner.maxValuePerCall <= outer.maxValuePerCall &&
    inner.maxValue <= outer.maxValue &&
    isPeriodWithin(inner, outer) &&
    outer.rules.every((rule) =>
      inner.rules.some((own) => isAsStrict(own, rule)),
    )
  )
}

function isSpendWithin(inner: SpendLimit, outer: SpendLimit): boolean {
  return (
    inner.token.toLowerCase() === outer.token.toLowerCase() &&
    inner.maxAmount <= outer.maxAmount &&
    (outer.period === 0 ||
      (inner.period === outer.period &&
        inner.maxAmountPerPeriod <= outer.maxAmountPerPeriod))
  )
}

/** First part of a session's table that asks for more than its policy's, as the contract finds it; null when all is within. Fewer functions, lower limits and more rules are always within. */
export function findOutsidePolicy(
  own: Table,
  policy: Table,
): OutsidePolicy | null {
  const permission = own.entries.findIndex(
    (entry) => !policy.entries.some((outer) => isEntryWithin(entry, outer)),
  )
  if (permission >= 0) {
    return { error: 'PermissionOutsidePolicy', index: permission }
  }
  const spend = policy.spends.findIndex(
    (outer) => !own.spends.some((limit) => isSpendWithin(limit, outer)),
  )
  if (spend < 0) return null
  return { error: 'SpendLimitOutsidePolicy', index: spend }
}
