import type { Hex } from 'viem'
import { z } from 'zod'
import { keySignatureSchema } from '../intent/intent-schema'
import {
  addressSchema,
  bytesSchema,
  integerSchema,
} from '../permission/scalar-schema'
import type { RevokeView } from '../session/admin-view'
import type { SessionJson } from '../session/session'
import {
  durationSecondsSchema,
  grantJsonSchema,
  ownerSignatureSchema,
  sessionKeySchema,
} from '../session/session-schema'
import type { TypedDataJson } from './calls-methods'

/** `playkey_prepareGrant`: what the owner has to sign for a session of a published policy. */
export const prepareGrantParamsSchema = z.tuple([
  z.strictObject({
    owner: addressSchema,
    policyId: bytesSchema(32),
    key: sessionKeySchema,
    durationSeconds: durationSecondsSchema,
  }),
])
export type PrepareGrantParams = z.infer<typeof prepareGrantParamsSchema>[0]

export type PreparedGrant = {
  session: SessionJson
  /** ERC-7913 signer. */
  owner: Hex
  digest: Hex
  typedData: TypedDataJson
}

/** `playkey_grant`: hands in a signed session. Idempotent. */
export const grantParamsSchema = z.tuple([grantJsonSchema])
export type GrantParams = z.infer<typeof grantParamsSchema>[0]

export type GrantResult = { sessionId: Hex; status: 'pending' | 'active' }

const sessionIdSchema = bytesSchema(32)

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
