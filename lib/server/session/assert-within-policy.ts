import { PlaykeyError } from '@/lib/errors/base-error'
import type { Permission } from '@/lib/permission/permission'
import { isSameFunction } from '@/lib/permission/permission-schema'

/** @throws PlaykeyError `wider_than_policy` naming the first function that the policy does not allow, or not as much. */
export function assertWithinPolicy(
  asked: readonly Permission[],
  allowed: readonly Permission[],
): void {
  for (const permission of asked) {
    const limit = allowed.find((entry) => isSameFunction(entry, permission))
    const isWithin =
      limit !== undefined &&
      limit.signature === permission.signature &&
      permission.maxCalls <= limit.maxCalls &&
      permission.maxValuePerCall <= limit.maxValuePerCall &&
      permission.maxValue <= limit.maxValue
    if (!isWithin)
      throw new PlaykeyError('wider_than_policy', {
        details: { to: permission.to, signature: permission.signature },
      })
  }
}
