import { type Address, type Hex, isAddressEqual, size, slice } from 'viem'
import type { Permission } from './permission'
import { selectorOf } from './selector'

/** Index of the permission that covers a call, or -1. */
export function findPermissionIndex(
  permissions: readonly Pick<Permission, 'to' | 'signature'>[],
  call: { to: Address; data: Hex },
): number {
  if (size(call.data) < 4) return -1
  const selector = slice(call.data, 0, 4).toLowerCase()
  return permissions.findIndex(
    (permission) =>
      isAddressEqual(permission.to, call.to) &&
      selectorOf(permission.signature) === selector,
  )
}

/** Whether two permissions allow the same contract and selector. */
export function isSameFunction(
  a: Pick<Permission, 'to' | 'signature'>,
  b: Pick<Permission, 'to' | 'signature'>,
): boolean {
  return (
    a.to.toLowerCase() === b.to.toLowerCase() &&
    selectorOf(a.signature) === selectorOf(b.signature)
  )
}
