import { z } from 'zod'
import { isFunctionSignature, MAX_SIGNATURE_LENGTH } from './function-signature'
import type { Permission } from './permission'
import { addressSchema, integerSchema, weiStringSchema } from './scalar-schema'
import { selectorOf } from './selector'

/** Most permissions of one session. */
export const MAX_PERMISSIONS = 8
/** Most calls of one permission: the chain counts in 19 bits. */
export const MAX_CALLS = 524_287

/** Canonical function signature. */
export const signatureSchema = z
  .string()
  .max(MAX_SIGNATURE_LENGTH)
  .refine(
    isFunctionSignature,
    'must be a canonical function signature such as move(uint8)',
  )

/** One `PermissionJson`, parsed and bounded as the contract bounds it. */
export const permissionJsonSchema = z
  .strictObject({
    to: addressSchema,
    signature: signatureSchema,
    maxCalls: integerSchema(1, MAX_CALLS),
    maxValuePerCall: weiStringSchema,
    maxValue: weiStringSchema,
  })
  .superRefine((permission, context) => {
    const perCall = BigInt(permission.maxValuePerCall)
    const total = BigInt(permission.maxValue)
    if ((perCall === 0n) === (total === 0n) && perCall <= total) return
    context.addIssue({
      code: 'custom',
      path: ['maxValue'],
      message:
        perCall > total
          ? 'must be at least maxValuePerCall'
          : 'must be 0 exactly when maxValuePerCall is 0',
    })
  })

/** 1 to 8 permissions, no two for the same contract and selector. */
export const permissionListSchema = z
  .array(permissionJsonSchema)
  .min(1)
  .max(MAX_PERMISSIONS)
  .superRefine((permissions, context) => {
    const seen = new Set<string>()
    permissions.forEach(({ to, signature }, index) => {
      const pair = `${to}:${selectorOf(signature)}`
      if (seen.has(pair)) {
        context.addIssue({
          code: 'custom',
          path: [index, 'signature'],
          message: 'is listed twice for the same contract',
        })
      }
      seen.add(pair)
    })
  })

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
