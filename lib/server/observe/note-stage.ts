import { getMetrics } from './metrics'

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
  outcome: 'confirmed' | 'reverted' | 'rejected'
  /** How long it lay in the queue; null when it never left it. */
  queuedMs: number | null
  /** From being stored until it was settled. */
  totalMs: number
}

/** Times intents that were settled. */
export function noteSettledIntents(intents: readonly SettledTimes[]): void {
  const { intentSeconds } = getMetrics()
  for (const { outcome, queuedMs, totalMs } of intents) {
    intentSeconds.observe({ outcome }, Math.max(0, totalMs) / 1000)
    if (queuedMs !== null) timeStage('submitted', queuedMs)
  }
}

/** Counts the streams that were opened (1) or closed (-1). */
export function noteEventStream(change: 1 | -1): void {
  getMetrics().eventStreams.inc(change)
}
