import type { Hash, Hex } from 'viem'
import type { SerializedError } from '@/lib/errors/action-result'

/** Where an intent is, as the player sees it. */
export type ActivityStatus =
  | 'signing'
  | 'outbox'
  | 'queued'
  | 'submitted'
  | 'confirmed'
  | 'reverted'
  | 'rejected'
  | 'refused'
  | 'rolled_back'

/** One line of the activity list. */
export type ActivityEntry = {
  /** Unique in this tab. */
  key: string
  /** callsId; null until signed. */
  id: Hex | null
  /** Function signature of the first call. */
  action: string
  /** What the game calls it, or null. */
  label: string | null
  status: ActivityStatus
  /** From key press to the news that it landed; null before. */
  latencyMs: number | null
  txHash: Hash | null
  /** Block that settled it; null while there is none. */
  blockNumber: number | null
  /** That block cannot be undone any more. */
  isFinal: boolean
  /** Why it did not land. */
  reason: SerializedError | null
  /** Unix milliseconds of this device. */
  sentAt: number
}

/** How an intent ended. */
export type IntentOutcome = {
  status: 'confirmed' | 'reverted' | 'rejected' | 'refused' | 'rolled_back'
  id: Hex | null
  txHash: Hash | null
  latencyMs: number | null
  error: SerializedError | null
}

/** What `send` returns at once. */
export type IntentHandle = {
  key: string
  /** Unix milliseconds of this device. */
  sentAt: number
  /** Never rejects. */
  settled: Promise<IntentOutcome>
}

/** Optimistic effects that must be undone, oldest first. */
export type Rollback = { keys: string[]; reason: SerializedError }

/** Entries kept for the activity list. */
export const MAX_ACTIVITY = 100
