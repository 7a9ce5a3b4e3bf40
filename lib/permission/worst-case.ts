import { formatEther } from 'viem'
import { describeCalls } from './describe-permission'
import type { Permission } from './permission'

/** Everything a session key could do at the very most. */
export type WorstCase = {
  /** Calls per permission, in order. */
  calls: number[]
  /** Wei over all permissions. */
  totalWei: bigint
  /** `at most 500 moves, 10 mints and 0 ETH`. */
  text: string
}

/** Most wei that one permission lets go: bounded by its total and by calls × value per call. */
function maxWei(permission: Permission): bigint {
  const byCalls = permission.maxValuePerCall * BigInt(permission.maxCalls)
  return byCalls < permission.maxValue ? byCalls : permission.maxValue
}

/** Exact upper bound of what `permissions` allow together. `nouns` may name the calls in the studio's words, one per permission. */
export function worstCaseOf(
  permissions: readonly Permission[],
  nouns: readonly (string | undefined)[] = [],
): WorstCase {
  const totalWei = permissions.reduce((sum, p) => sum + maxWei(p), 0n)
  const parts = permissions.map((permission, index) => {
    const noun = nouns[index]
    return noun === undefined
      ? describeCalls(permission.signature, permission.maxCalls)
      : `${permission.maxCalls.toLocaleString('en-US')} ${noun}`
  })
  return {
    calls: permissions.map((permission) => permission.maxCalls),
    totalWei,
    text: `at most ${parts.join(', ')} and ${formatEther(totalWei)} ETH`,
  }
}
