import { getMetrics } from './metrics'
import { countRefusal } from './note-request'

/**
 * Stages of an intent, each timed on its own:
 * `admitted` checked; `stored` durable; `submitted` waited until its signed transaction was stored; `mined` that until
 * its receipt; `settled` that until the database says so; `pushed` that until the news went to the browser.
 */
export type Stage =
  | 'admitted'
  | 'stored'
  | 'submitted'
  | 'mined'
  | 'settled'
  | 'pushed'

/** Times one passage through a stage. */
export function timeStage(stage: Stage, ms: number): void {
  getMetrics().stageSeconds.observe({ stage }, Math.max(0, ms) / 1000)
}

/** Runs `work` and times it as a stage, if it succeeds. */
export async function timed<T>(
  stage: Stage,
  work: () => Promise<T>,
): Promise<T> {
  const startedMs = performance.now()
  const result = await work()
  timeStage(stage, performance.now() - startedMs)
  return result
}

/** An intent as it was settled. */
export type SettledTimes = {
  status: 'confirmed' | 'reverted' | 'rejected'
  /** Error code when reverted or rejected. */
  reason: string | null
  /** How long it lay in the queue; null when it never left it. */
  queuedMs: number | null
  /** From being stored until it was settled. */
  ageMs: number
}

/** Times intents that were settled, and counts why those that were rejected were. */
export function noteSettledIntents(intents: readonly SettledTimes[]): void {
  const { intentSeconds } = getMetrics()
  for (const { status, reason, queuedMs, ageMs } of intents) {
    intentSeconds.observe({ outcome: status }, Math.max(0, ageMs) / 1000)
    if (queuedMs !== null) timeStage('submitted', queuedMs)
    if (status === 'rejected') countRefusal(reason ?? 'other')
  }
}

/** Counts the streams that were opened (1) or closed (-1). */
export function noteEventStream(change: 1 | -1): void {
  getMetrics().eventStreams.inc(change)
}
