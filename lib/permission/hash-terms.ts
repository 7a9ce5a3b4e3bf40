import {
  concatHex,
  encodeAbiParameters,
  type Hex,
  keccak256,
  parseAbiParameters,
  toHex,
} from 'viem'
import type { Permission } from './permission'
import type { SpendLimit, Terms } from './terms'

/** EIP-712 types of terms, in the contract's order. */
export const termsTypes = {
  Terms: [
    { name: 'permissions', type: 'Permission[]' },
    { name: 'spendLimits', type: 'SpendLimit[]' },
  ],
  Permission: [
    { name: 'to', type: 'address' },
    { name: 'signature', type: 'string' },
    { name: 'maxCalls', type: 'uint32' },
    { name: 'maxValuePerCall', type: 'uint112' },
    { name: 'maxValue', type: 'uint112' },
    { name: 'period', type: 'uint32' },
    { name: 'maxCallsPerPeriod', type: 'uint32' },
    { name: 'maxValuePerPeriod', type: 'uint112' },
    { name: 'rules', type: 'string[]' },
  ],
  SpendLimit: [
    { name: 'token', type: 'address' },
    { name: 'maxAmount', type: 'uint112' },
    { name: 'period', type: 'uint32' },
    { name: 'maxAmountPerPeriod', type: 'uint112' },
  ],
} as const

/** EIP-712 type of a permission. */
export const PERMISSION_TYPE =
  'Permission(address to,string signature,uint32 maxCalls,uint112 maxValuePerCall,uint112 maxValue,uint32 period,uint32 maxCallsPerPeriod,uint112 maxValuePerPeriod,string[] rules)'
/** EIP-712 type of a spend limit. */
export const SPEND_LIMIT_TYPE =
  'SpendLimit(address token,uint112 maxAmount,uint32 period,uint112 maxAmountPerPeriod)'
/** EIP-712 type of terms, without what it refers to. */
export const TERMS_TYPE =
  'Terms(Permission[] permissions,SpendLimit[] spendLimits)'

const permissionTypeHash = keccak256(toHex(PERMISSION_TYPE))
const spendLimitTypeHash = keccak256(toHex(SPEND_LIMIT_TYPE))
const termsTypeHash = keccak256(
  toHex(TERMS_TYPE + PERMISSION_TYPE + SPEND_LIMIT_TYPE),
)

const permissionParameters = parseAbiParameters(
  'bytes32, address, bytes32, uint32, uint112, uint112, uint32, uint32, uint112, bytes32',
)
const spendLimitParameters = parseAbiParameters(
  'bytes32, address, uint112, uint32, uint112',
)

function hashText(text: string): Hex {
  return keccak256(toHex(text))
}

function hashPermission(permission: Permission): Hex {
  return keccak256(
    encodeAbiParameters(permissionParameters, [
      permissionTypeHash,
      permission.to,
      hashText(permission.signature),
      permission.maxCalls,
      permission.maxValuePerCall,
      permission.maxValue,
      permission.period,
      permission.maxCallsPerPeriod,
      permission.maxValuePerPeriod,
      keccak256(concatHex(permission.rules.map(hashText))),
    ]),
  )
}

function hashSpendLimit(limit: SpendLimit): Hex {
  return keccak256(
    encodeAbiParameters(spendLimitParameters, [
      spendLimitTypeHash,
      limit.token,
      limit.maxAmount,
      limit.period,
      limit.maxAmountPerPeriod,
    ]),
  )
}

/** EIP-712 struct hash of terms: the registry keeps it, the owner's signature covers it. */
export function hashTerms({ permissions, spendLimits }: Terms): Hex {
  return keccak256(
    concatHex([
      termsTypeHash,
      keccak256(concatHex(permissions.map(hashPermission))),
      keccak256(concatHex(spendLimits.map(hashSpendLimit))),
    ]),
  )
}
