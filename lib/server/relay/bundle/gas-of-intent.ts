import { size, slice } from 'viem'
import { MAX_APPROVALS_PER_INTENT } from '@/lib/session/limits'
import type { QueuedIntent } from './read-queue'

/** What the gas of an intent follows from. */
export type IntentShape = Pick<
  QueuedIntent,
  'callGas' | 'calls' | 'table' | 'meters' | 'packed' | 'suspicion'
>

/** What an intent costs besides its calls: signature, session word, event, its bytes. */
const INTENT_OVERHEAD = 90_000n
/** Checking one call, for each byte of the table: at most so much for the ranges of a rule. */
const TABLE_BYTE_GAS = 4n
/** Kept by the contract for storing all meters and putting them back. */
const METERS_GAS = 200_000n
/** What the contract wants for measuring tokens, besides reading them; and for each byte of the call. */
const FRAME_GAS = 20_000n
const FRAME_BYTE_GAS = 16n
/** Most that reading one balance or allowance takes. */
const READ_GAS = 50_000n
/** Most bytes that the call to the account has for each call beyond those of the intent, and at all. */
const CALL_BYTES = 288
const FRAME_BYTES = 768

/** Of what every call may use, one part in 32 more has to be there, and so again for each frame around it (EIP-150). */
function withReserve(gas: bigint): bigint {
  return (gas * 33n) / 32n + 1n
}

/** Gas that an intent takes at most, without its grant and its bytes. A retried one gets twice the overhead each time: too little gas may be why it failed. */
export function gasOfIntent(intent: IntentShape): bigint {
  const { callGas, calls, table, meters, suspicion } = intent
  const factor = 2n ** BigInt(Math.min(suspicion, 4))
  const checks = BigInt(calls) * BigInt(size(table)) * TABLE_BYTE_GAS
  const overhead = (INTENT_OVERHEAD + checks) * factor
  const call = withReserve(BigInt(callGas))
  if (meters === 0) return overhead + call
  const measuring = measuringGas(intent)
  const frame = measuring === 0n ? call : withReserve(call + measuring)
  return overhead + METERS_GAS + frame
}

/** Reading every limited token before and after, and every approval; nothing without spend limits. */
function measuringGas({ table, packed, calls }: IntentShape): bigint {
  const spends = size(table) > 0 ? Number(slice(table, 0, 1)) >> 4 : 0
  if (spends === 0) return 0n
  const bytes = size(packed) + CALL_BYTES * calls + FRAME_BYTES
  const reads = BigInt(2 * spends + MAX_APPROVALS_PER_INTENT)
  return FRAME_GAS + FRAME_BYTE_GAS * BigInt(bytes) + READ_GAS * reads
}
