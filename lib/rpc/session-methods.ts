import type { Hex } from 'viem'
import { z } from 'zod'
import { keySignatureSchema } from '../intent/intent-schema'
import {
  addressSchema,
  bytesSchema,
  integerSchema,
} from '../permission/scalar-schema'
import type { RevokeView } from '../session/admin-view'
import type { GrantBatch, SessionJson } from '../session/session'
import {
  durationSecondsSchema,
  grantJsonSchema,
  ownerSignatureSchema,
  sessionKeySchema,
} from '../session/session-schema'
import type { TypedDataJson } from './calls-methods'

const sessionIdSchema = bytesSchema(32)

/** Most sessions that one grant of this relay may end. */
export const MAX_ENDED_SESSIONS = 16

/** Ids of sessions of the same account that end when the new one is enabled. */
export const endedSessionIdsSchema = z
  .array(sessionIdSchema)
  .max(MAX_ENDED_SESSIONS)

/** `playkey_prepareGrant`: what the owner has to sign for a session of a published policy. With `endedSessionIds` the same signature ends those, as when a key is rotated. */
export const prepareGrantParamsSchema = z.tuple([
  z.strictObject({
    owner: addressSchema,
    policyId: bytesSchema(32),
    key: sessionKeySchema,
    durationSeconds: durationSecondsSchema,
    endedSessionIds: endedSessionIdsSchema.optional(),
  }),
])
export type PrepareGrantParams = z.infer<typeof prepareGrantParamsSchema>[0]

/** Which session is to last how long from now. */
export const renewalSchema = z.strictObject({
  sessionId: sessionIdSchema,
  durationSeconds: durationSecondsSchema,
})
export type RenewalParams = z.infer<typeof renewalSchema>

/** `playkey_prepareRenewal`: what the owner has to sign so that a session lasts `durationSeconds` from now. Same key, same terms; what was used stays used. */
export const prepareRenewalParamsSchema = z.tuple([renewalSchema])

/** A session to sign: a `Grant` but for its signature. */
export type UnsignedGrant = {
  session: SessionJson
  /** ERC-7913 signer. */
  owner: Hex
  /** Present when sessions end with it: then `Sessions` is signed rather than `Session`. */
  batch?: GrantBatch
}

export type PreparedGrant = UnsignedGrant & {
  digest: Hex
  typedData: TypedDataJson
}

/** `playkey_grant`: hands in a signed session, or a later end of one. Idempotent. Of several that were signed at once each is handed in by itself. */
export const grantParamsSchema = z.tuple([grantJsonSchema])
export type GrantParams = z.infer<typeof grantParamsSchema>[0]

export type GrantResult = {
  sessionId: Hex
  /** `active` also for a renewal, while the next intent carries it to the chain. */
  status: 'pending' | 'active'
}

/** A signed revocation, by the owner (ERC-1271) or by the session key itself. Idempotent. */
export const revocationSchema = z.discriminatedUnion('by', [
  z.strictObject({
    sessionId: sessionIdSchema,
    by: z.literal('owner'),
    signature: ownerSignatureSchema,
  }),
  z.strictObject({
    sessionId: sessionIdSchema,
    by: z.literal('key'),
    signature: keySignatureSchema,
  }),
])
export type RevocationParams = z.infer<typeof revocationSchema>

/** `playkey_revoke`. */
export const revokeParamsSchema = z.tuple([revocationSchema])

/** Answer of `playkey_revoke`. */
export type RevokeResult = RevokeView

/** `playkey_getSessions`: public chain facts of an account's sessions. */
export const getSessionsParamsSchema = z.tuple([
  z.strictObject({ account: addressSchema }),
])

/** `playkey_getSession`. */
export const getSessionParamsSchema = z.tuple([
  z.strictObject({ sessionId: sessionIdSchema }),
])

/** `playkey_getNextSequence`: next free sequence of a lane, counting intents that are on their way. */
export const getNextSequenceParamsSchema = z.tuple([
  z.strictObject({
    sessionId: sessionIdSchema,
    lane: integerSchema(0, 2 ** 32 - 1),
  }),
])

export type NextSequenceResult = {
  sequence: number
  /** Unix milliseconds as the chain sees it: never behind the latest block. */
  serverTimeMs: number
}
