import type { Hex } from 'viem'

/** What only the browser knows, sent in small batches while playing. Never trusted for authority. */
export type PlayReport = {
  sessionId: Hex
  /** Seconds played since the last report, 0 to 120. */
  playSeconds: number
  /** Latencies of moves since the last report, whole milliseconds, at most 500 of them. */
  latenciesMs: number[]
  /** Refusals before sending, by error code; at most 20 codes. */
  refusals: Record<string, number>
}
