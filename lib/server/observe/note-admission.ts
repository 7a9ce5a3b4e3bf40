import { timeStage } from './note-stage'
import { getTracing } from './tracing'

/** An intent that was admitted with others. */
export type AdmittedInGroup = {
  id: string
  /** W3C trace context of its admission. */
  traceParent: string | null
  /** When it was handed in, signature checked. As `nowMs` counts, like the others. */
  receivedMs: number
}

/** Unix milliseconds with fractions; `Date.now` is too coarse for stages that take less than one. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now()
}

/**
 * Times the admission of intents that were stored together, and adds both parts to their traces.
 * @param judgedMs When what was known of their sessions was read, and they were found lawful.
 * @param storedMs When they were durable.
 */
export function noteAdmission(
  intents: readonly AdmittedInGroup[],
  judgedMs: number,
  storedMs: number,
): void {
  const tracing = getTracing()
  for (const { id, traceParent, receivedMs } of intents) {
    timeStage('admitted', judgedMs - receivedMs)
    timeStage('stored', storedMs - judgedMs)
    if (!tracing || traceParent === null) continue
    const about = { attributes: { 'playkey.calls_id': id }, links: [] }
    const parent = traceParent
    tracing.record({
      ...{ name: 'facts', startMs: receivedMs, endMs: judgedMs },
      ...{ parent, ...about },
    })
    tracing.record({
      ...{ name: 'store', startMs: judgedMs, endMs: storedMs },
      ...{ parent, ...about },
    })
  }
}
