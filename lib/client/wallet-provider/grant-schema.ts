import { z } from 'zod'
import {
  addressSchema,
  bytesSchema,
  quantitySchema,
  unixSecondsSchema,
} from '@/lib/permission/scalar-schema'
import { dialectKeySchema } from '@/lib/rpc/dialect-key'

const callScopeSchema = z.strictObject({
  to: addressSchema.optional(),
  /** `move(uint8)` or a 4-byte selector. */
  signature: z.string().min(1).max(128).optional(),
})

/** `wallet_grantPermissions` in the RISE/Porto dialect. What the dialect cannot say goes into `capabilities.playkey`. */
export const grantRequestSchema = z.object({
  address: addressSchema.optional(),
  chainId: quantitySchema.optional(),
  expiry: unixSecondsSchema,
  key: dialectKeySchema.optional(),
  permissions: z.object({
    calls: z.array(callScopeSchema).min(1).max(8),
    spend: z
      .array(
        z.object({
          limit: quantitySchema,
          period: z.string().max(16),
          token: addressSchema.optional(),
        }),
      )
      .max(8)
      .optional(),
    signatureVerification: z.looseObject({}).optional(),
  }),
  capabilities: z
    .object({
      playkey: z.object({ policyId: bytesSchema(32).optional() }).optional(),
    })
    .optional(),
})
export type GrantRequest = z.output<typeof grantRequestSchema>

/** `wallet_revokePermissions` of the dialect. */
export const revokeRequestSchema = z.object({
  address: addressSchema.optional(),
  id: bytesSchema(32),
})

/** `wallet_getPermissions`. */
export const listRequestSchema = z
  .object({
    address: addressSchema.optional(),
    chainIds: z.array(quantitySchema).max(32).optional(),
  })
  .optional()
