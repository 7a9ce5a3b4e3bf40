import type { Hash, Hex } from 'viem'
import type { SerializedError } from '@/lib/errors/action-result'
import type { IntentStatus, SignedIntent } from '@/lib/intent/intent'

/** Answer to one intent of a batch. */
export type SendResult =
  | { ok: true; id: Hex }
  | { ok: false; error: SerializedError }

/** What the relay knows about one intent. */
export type IntentReport = {
  id: Hex
  status: IntentStatus
  /** Error code or revert reason. */
  reason: string | null
  txHash: Hash | null
  /** Block that settled it. */
  blockNumber: number | null
  /** That block cannot be undone any more. */
  isFinal: boolean
}

/** What the intent queue needs of a relay. Methods reject when the relay could not be reached or could not answer; nothing is known then, and asking again is safe. */
export type QueueTransport = {
  /** Sends intents in this order; answers come in the same order. Idempotent. */
  sendIntents(intents: readonly SignedIntent[]): Promise<SendResult[]>
  /** Next free sequence of a lane, counting intents on their way. */
  getNextSequence(sessionId: Hex, lane: number): Promise<number>
  /** Status of intents; unknown ones are left out. */
  getReports(ids: readonly Hex[]): Promise<IntentReport[]>
}
