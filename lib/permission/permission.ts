import type { Address, Hex } from 'viem'

/** One function of one contract that a session may call, with its limits. Mirrors Solidity's `Permission`, which the owner signs (EIP-712). */
export type Permission = {
  /** Contract that may be called. Checksummed. */
  to: Address
  /** Canonical function signature, for example `move(uint8)`. */
  signature: string
  /** Calls over the whole session, 1 to 524,287. */
  maxCalls: number
  /** Wei that one call may carry. */
  maxValuePerCall: bigint
  /** Wei over the whole session; 0 if and only if `maxValuePerCall` is 0. */
  maxValue: bigint
}

/** A permission as JSON carries it: wei as decimal strings. */
export type PermissionJson = Omit<
  Permission,
  'maxValuePerCall' | 'maxValue'
> & { maxValuePerCall: string; maxValue: string }

/** What a session has used of one permission, as the chain counts it. */
export type PermissionUsage = {
  /** Calls that succeeded. */
  calls: number
  /** Wei spent, decimal string. */
  valueWei: string
}

/** First four bytes of the hash of a function signature. */
export type Selector = Hex
