import { z } from 'zod'
import {
  addressSchema,
  bytesSchema,
  bytesUpToSchema,
  integerSchema,
  quantitySchema,
  unixSecondsSchema,
} from '../permission/scalar-schema'
import { MAX_CALL_GAS, MAX_CALLS_PER_INTENT } from '../session/limits'
import type { Call, Intent } from './intent'

/** Most bytes of call data of one call: the contract's length field has two bytes for what follows the selector. */
export const MAX_CALL_DATA_BYTES = 16_384

const uint32Max = 2 ** 32 - 1

/** One call as wallets send it (EIP-5792): value as hex quantity, both optional parts absent or given. */
export const callJsonSchema = z.strictObject({
  to: addressSchema,
  data: bytesUpToSchema(MAX_CALL_DATA_BYTES).optional(),
  value: quantitySchema.optional(),
})

/** A call as it travels. */
export type CallJson = z.infer<typeof callJsonSchema>

/** 1 to 32 calls. */
export const callListSchema = z
  .array(callJsonSchema)
  .min(1)
  .max(MAX_CALLS_PER_INTENT)

/** An intent as it travels: like `Intent`, calls as `CallJson`. */
export const intentJsonSchema = z.strictObject({
  account: addressSchema,
  sessionId: bytesSchema(32),
  lane: integerSchema(0, uint32Max),
  sequence: integerSchema(0, uint32Max),
  calls: callListSchema,
  expiry: unixSecondsSchema,
  callGas: integerSchema(0, MAX_CALL_GAS),
})

export type IntentJson = z.infer<typeof intentJsonSchema>

/** Signature of a session key: always 64 bytes. */
export const keySignatureSchema = bytesSchema(64)

/** A call with every part in place. */
export function fromCallJson(json: CallJson): Call {
  return {
    to: json.to,
    value: json.value === undefined ? 0n : BigInt(json.value),
    data: json.data ?? '0x',
  }
}

/** A call as JSON carries it. */
export function toCallJson(call: Call): CallJson {
  return { to: call.to, data: call.data, value: `0x${call.value.toString(16)}` }
}

/** An intent from checked JSON. */
export function fromIntentJson(json: IntentJson): Intent {
  return { ...json, calls: json.calls.map(fromCallJson) }
}

/** An intent as JSON carries it. */
export function toIntentJson(intent: Intent): IntentJson {
  return { ...intent, calls: intent.calls.map(toCallJson) }
}
