import type { Address, Hex } from 'viem'

/** One function of one contract that a session may call, with its limits. Mirrors Solidity's `Permission`, which the owner signs (EIP-712). */
export type Permission = {
  /** Contract that may be called. Checksummed. */
  to: Address
  /** Canonical function signature, for example `move(uint8)`. */
  signature: string
  /** Calls over the whole session, 1 to 524,287. */
  maxCalls: number
  /** Wei that one call may carry, below 2^112. */
  maxValuePerCall: bigint
  /** Wei over the whole session, below 2^112; 0 if and only if `maxValuePerCall` is 0. */
  maxValue: bigint
  /** Seconds, 60 to 2,592,000, counted from the session's start; 0 for no further limits. */
  period: number
  /** Calls in each period, 1 to `maxCalls`; 0 if and only if `period` is 0. */
  maxCallsPerPeriod: number
  /** Wei in each period, `maxValuePerCall` to `maxValue`; 0 without a period or without value. */
  maxValuePerPeriod: bigint
  /** At most 8 conditions on arguments, which all must hold, for example `arg0 <= 3`. */
  rules: readonly string[]
}

/** A permission as JSON carries it: wei as decimal strings. */
export type PermissionJson = Omit<
  Permission,
  'maxValuePerCall' | 'maxValue' | 'maxValuePerPeriod' | 'rules'
> & {
  maxValuePerCall: string
  maxValue: string
  maxValuePerPeriod: string
  rules: string[]
}

/** What was counted against one limit in all, and in the present period. */
export type UsageJson = {
  /** Decimal string. */
  total: string
  /** In the present period, decimal string; the total where there is no period. */
  inPeriod: string
}

/** What a session has used of one permission, as the chain counts it. */
export type PermissionUsage = {
  /** Calls that succeeded. */
  calls: number
  /** Calls in the present period; all calls where there is no period. */
  callsInPeriod: number
  /** Wei spent, decimal string. */
  valueWei: string
  /** Wei spent in the present period, decimal string; all where there is no period. */
  valueInPeriodWei: string
  /** One per sum rule, in the order of the rules. */
  sums: UsageJson[]
}

/** First four bytes of the hash of a function signature. */
export type Selector = Hex

/** A permission with no value, no period and no rules, except what `fields` say. */
export function makePermission(
  fields: Pick<Permission, 'to' | 'signature' | 'maxCalls'> &
    Partial<Permission>,
): Permission {
  return {
    maxValuePerCall: 0n,
    maxValue: 0n,
    period: 0,
    maxCallsPerPeriod: 0,
    maxValuePerPeriod: 0n,
    rules: [],
    ...fields,
  }
}
