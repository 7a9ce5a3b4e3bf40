import { z } from 'zod'
import {
  addressSchema,
  bytesSchema,
  bytesUpToSchema,
  integerSchema,
  unixSecondsSchema,
} from '../permission/scalar-schema'
import { termsJsonSchema } from '../permission/terms-schema'
import { MAX_BATCH, MAX_SESSION_SECONDS } from './limits'

/** Public half of a session key, with the exact length of its scheme. */
export const sessionKeySchema = z.discriminatedUnion('scheme', [
  z.strictObject({ scheme: z.literal('p256'), publicKey: bytesSchema(64) }),
  z.strictObject({
    scheme: z.literal('secp256k1'),
    publicKey: bytesSchema(20),
  }),
])

/** Session length in seconds, as a player asks for it. */
export const durationSecondsSchema = integerSchema(60, MAX_SESSION_SECONDS)

/** One `SessionJson`, parsed and bounded as the contract bounds it. */
export const sessionJsonSchema = z
  .strictObject({
    account: addressSchema,
    policyId: bytesSchema(32),
    key: sessionKeySchema,
    validAfter: unixSecondsSchema,
    validUntil: unixSecondsSchema,
    epoch: integerSchema(0, 2 ** 32 - 1),
    grantDeadline: unixSecondsSchema,
    terms: termsJsonSchema,
  })
  .superRefine((session, context) => {
    const duration = session.validUntil - session.validAfter
    if (duration > 0 && duration <= MAX_SESSION_SECONDS) return
    context.addIssue({
      code: 'custom',
      path: ['validUntil'],
      message: 'must be after validAfter and at most 30 days later',
    })
  })

/** ERC-7913 signer: a 20-byte address, or a verifier followed by a key. */
export const ownerSchema = bytesUpToSchema(256, 20)

/** ERC-1271 signature of any kind of owner. */
export const ownerSignatureSchema = bytesUpToSchema(4_096, 1)

const uint32Max = 2 ** 32 - 1

/** A session that ends with a grant. */
export const endedSessionSchema = z.strictObject({
  policyId: bytesSchema(32),
  tableHash: bytesSchema(32),
  epoch: integerSchema(0, uint32Max),
  key: sessionKeySchema,
})

/** Place of a session among several that were signed at once. */
export const grantBatchSchema = z
  .strictObject({
    position: integerSchema(0, MAX_BATCH - 1),
    otherHashes: z.array(bytesSchema(32)).max(MAX_BATCH - 1),
    ended: z.array(endedSessionSchema).max(MAX_BATCH),
  })
  .refine(({ position, otherHashes }) => position <= otherHashes.length, {
    path: ['position'],
    message: 'must be a place among the sessions',
  })

/** A signed session as it crosses the wire. */
export const grantJsonSchema = z.strictObject({
  session: sessionJsonSchema,
  owner: ownerSchema,
  signature: ownerSignatureSchema,
  batch: grantBatchSchema.optional(),
})
