import type { Address, Hash, Hex } from 'viem'
import { z } from 'zod'
import type { IntentStatus } from '../intent/intent'
import {
  type CallJson,
  callListSchema,
  keySignatureSchema,
} from '../intent/intent-schema'
import type { IntentStage } from '../intent/intent-stage'
import type { CallsStatus } from '../intent/intent-status'
import {
  addressSchema,
  bytesSchema,
  integerSchema,
  quantitySchema,
  unixSecondsSchema,
} from '../permission/scalar-schema'
import { MAX_CALL_GAS } from '../session/limits'
import { type DialectKey, dialectKeySchema } from './dialect-key'

const uint32 = integerSchema(0, 2 ** 32 - 1)

/** `playkey` capability of `wallet_prepareCalls`: what the dialect cannot say. */
export const prepareCapabilitySchema = z.strictObject({
  sessionId: bytesSchema(32).optional(),
  lane: uint32.optional(),
  callGas: integerSchema(21_000, MAX_CALL_GAS).optional(),
})

/** `wallet_prepareCalls` (ERC-7836 and RISE/Porto). The session is named by its id or by its key. */
export const prepareCallsParamsSchema = z.tuple([
  z.strictObject({
    calls: callListSchema,
    chainId: quantitySchema.optional(),
    from: addressSchema.optional(),
    version: z.string().max(16).optional(),
    key: dialectKeySchema.optional(),
    capabilities: z
      .object({
        playkey: prepareCapabilitySchema.optional(),
        permissions: z.object({ id: bytesSchema(32) }).optional(),
      })
      .optional(),
  }),
])
export type PrepareCallsParams = z.infer<typeof prepareCallsParamsSchema>

/** The intent inside `wallet_prepareCalls` answers and `wallet_sendPreparedCalls` requests. */
export const callsContextSchema = z.strictObject({
  account: z.strictObject({ address: addressSchema }),
  sessionId: bytesSchema(32),
  lane: uint32,
  sequence: uint32,
  /** Unix seconds, exclusive. */
  expiry: unixSecondsSchema,
  callGas: integerSchema(0, MAX_CALL_GAS),
  calls: callListSchema,
  /** `lane ‖ sequence` as one number, for clients that look for a nonce. Ignored on the way in. */
  nonce: quantitySchema.optional(),
})
export type CallsContext = z.infer<typeof callsContextSchema>

/** EIP-712 typed data as JSON: numbers of more than 53 bits as decimal strings. */
export type TypedDataJson = {
  domain: Record<string, unknown>
  types: Record<string, { name: string; type: string }[]>
  primaryType: string
  message: Record<string, unknown>
}

export type PreparedCalls = {
  chainId: Hex
  context: {
    account: { address: Address }
    sessionId: Hex
    lane: number
    sequence: number
    expiry: number
    callGas: number
    calls: CallJson[]
    nonce: Hex
  }
  /** Sign this; with a p256 key its SHA-256 (`prehash`). */
  digest: Hex
  key: DialectKey
  typedData: TypedDataJson
}

/** `wallet_sendPreparedCalls`. A client that knows the rules may build `context` itself. */
export const sendPreparedCallsParamsSchema = z.tuple([
  z.strictObject({
    chainId: quantitySchema,
    context: callsContextSchema,
    key: dialectKeySchema.optional(),
    signature: keySignatureSchema,
    capabilities: z.looseObject({}).optional(),
    version: z.string().max(16).optional(),
  }),
])
export type SendPreparedCallsParams = z.input<
  typeof sendPreparedCallsParamsSchema
>

/** Answer of `wallet_sendPreparedCalls`: an array of one, as the dialect has it. Repeating the same request gives the same id. */
export type SendPreparedCallsResult = [{ id: Hex }]

/** `wallet_getCallsStatus`. */
export const getCallsStatusParamsSchema = z.tuple([bytesSchema(32)])

export type CallsStatusResult = {
  version: '2.0.0'
  id: Hex
  chainId: Hex
  status: CallsStatus
  atomic: true
  receipts?: {
    logs: { address: Address; data: Hex; topics: Hex[] }[]
    status: '0x0' | '0x1'
    blockHash: Hash
    blockNumber: Hex
    gasUsed: Hex
    transactionHash: Hash
  }[]
  capabilities: {
    playkey: {
      status: IntentStatus
      /** How sure that is: `included` in a block that may still be undone, or `final`. EIP-5792's `status` does not tell. */
      stage: IntentStage
      /** Block that settled it. */
      blockNumber: number | null
      /** Why it was rejected or reverted. */
      reason: string | null
      txHash: Hash | null
      settledAtMs: number | null
    }
  }
}

/** `wallet_getCapabilities` (EIP-5792). */
export const getCapabilitiesParamsSchema = z.tuple([
  addressSchema.optional(),
  z.array(quantitySchema).max(32).optional(),
])
