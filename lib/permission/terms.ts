import type { Address } from 'viem'
import type { Permission, PermissionJson } from './permission'

/** How much of an ERC-20 token a session may spend, through whatever function. Mirrors Solidity's `SpendLimit`. */
export type SpendLimit = {
  /** Checksummed. */
  token: Address
  /** Smallest units over the whole session, 1 to 2^112-1. */
  maxAmount: bigint
  /** Seconds, 60 to 2,592,000, counted from the session's start; 0 for no further limit. */
  period: number
  /** Smallest units in each period, 1 to `maxAmount`; 0 if and only if `period` is 0. */
  maxAmountPerPeriod: bigint
}

/** Everything that a session may do. Mirrors Solidity's `Terms`. */
export type Terms = {
  /** 1 to 8, no two with the same contract and selector. */
  permissions: readonly Permission[]
  /** At most 4, no two of the same token. */
  spendLimits: readonly SpendLimit[]
}

/** A spend limit as JSON carries it: amounts as decimal strings. */
export type SpendLimitJson = Omit<
  SpendLimit,
  'maxAmount' | 'maxAmountPerPeriod'
> & { maxAmount: string; maxAmountPerPeriod: string }

export type TermsJson = {
  permissions: PermissionJson[]
  spendLimits: SpendLimitJson[]
}

/** What a session has spent of one token, as the chain counts it. */
export type SpendUsage = {
  token: Address
  /** Smallest units, decimal string. */
  spent: string
  /** Smallest units in the present period, decimal string; all where there is no period. */
  spentInPeriod: string
}

/** Terms with these permissions, and with spend limits only if they are given. */
export function makeTerms(
  permissions: readonly Permission[],
  spendLimits: readonly SpendLimit[] = [],
): Terms {
  return { permissions, spendLimits }
}
