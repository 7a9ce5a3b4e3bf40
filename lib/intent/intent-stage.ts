import type { IntentStatus } from './intent'

/**
 * How far an intent has come. `included`: a block has it, which a re-organisation of the chain may still undo; `final`:
 * nothing takes it back. What was refused before any block had it is final at once.
 */
export type IntentStage = 'queued' | 'submitted' | 'included' | 'final'

/** What a stage follows from. */
export type StageFacts = {
  status: IntentStatus
  /** Block that settled it; null while there is none. */
  blockNumber: bigint | number | null
  /** Newest final block; -1 when there is none. */
  finalNumber: bigint | number
}

/** Derived, never stored: what is final moves on with every block. */
export function stageOf(facts: StageFacts): IntentStage {
  const { status, blockNumber, finalNumber } = facts
  if (status === 'queued' || status === 'submitted') return status
  if (blockNumber === null) return 'final'
  return BigInt(blockNumber) <= BigInt(finalNumber) ? 'final' : 'included'
}
