import {
  concatHex,
  encodeAbiParameters,
  type Hex,
  keccak256,
  toHex,
} from 'viem'
import type { Permission } from './permission'

/** EIP-712 type of a permission, as the owner signs it. */
export const PERMISSION_TYPE =
  'Permission(address to,string signature,uint32 maxCalls,uint128 maxValuePerCall,uint128 maxValue)'

const typeHash = keccak256(toHex(PERMISSION_TYPE))

function hashPermission(permission: Permission): Hex {
  return keccak256(
    encodeAbiParameters(
      [
        { type: 'bytes32' },
        { type: 'address' },
        { type: 'bytes32' },
        { type: 'uint32' },
        { type: 'uint128' },
        { type: 'uint128' },
      ],
      [
        typeHash,
        permission.to,
        keccak256(toHex(permission.signature)),
        permission.maxCalls,
        permission.maxValuePerCall,
        permission.maxValue,
      ],
    ),
  )
}

/** EIP-712 hash of `Permission[]`: the registry keeps it, the owner's signature covers it. */
export function hashPermissions(permissions: readonly Permission[]): Hex {
  return keccak256(concatHex(permissions.map(hashPermission)))
}
