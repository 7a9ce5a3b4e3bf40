import { getObservationEnv } from '@/lib/config/env'

/** Ids and counts; never keys, signatures or messages. */
export type SpanAttributes = Record<string, string | number | boolean>

/** A span that is written down when it is over. Times in Unix milliseconds. */
export type FinishedSpan = {
  name: string
  startMs: number
  endMs: number
  attributes: SpanAttributes
  /** W3C trace context of the span that it belongs under; a trace of its own without. */
  parent: string | null
  /** Trace contexts of spans that it has to do with. */
  links: readonly string[]
}

/** What records spans. */
export type Tracing = {
  /** Runs `work` as a span under the one that runs now. An error that it throws is marked by its code. */
  run<T>(
    name: string,
    work: () => Promise<T>,
    attributes: SpanAttributes,
  ): Promise<T>
  /** W3C trace context of the span that runs now, if it is recorded. */
  current(): string | null
  /** @returns its trace context */
  record(span: FinishedSpan): string
  /** Sends what is waiting. */
  stop(): Promise<void>
}

const holder = globalThis as typeof globalThis & {
  playkeyTracing?: Tracing | undefined
}

/** What this process records spans with; null when nobody asked for traces. */
export function getTracing(): Tracing | null {
  return holder.playkeyTracing ?? null
}

/** Runs `work` as a span under the one that runs now. Without tracing, just runs it. */
export function traced<T>(
  name: string,
  work: () => Promise<T>,
  attributes: SpanAttributes = {},
): Promise<T> {
  const tracing = holder.playkeyTracing
  return tracing ? tracing.run(name, work, attributes) : work()
}

/** W3C trace context of the span that runs now, for another process to go on from; null without tracing. */
export function currentTraceParent(): string | null {
  return holder.playkeyTracing?.current() ?? null
}

/**
 * Starts tracing if OTEL_EXPORTER_OTLP_ENDPOINT is set; else nothing of it is loaded. OpenTelemetry's other variables
 * (OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_HEADERS and so on) mean what they always mean.
 * @param service Names this process in traces.
 * @returns what sends the last spans and ends it; null when there is nothing to end
 */
export async function startTracing(
  service: string,
): Promise<(() => Promise<void>) | null> {
  const endpoint = getObservationEnv().OTEL_EXPORTER_OTLP_ENDPOINT
  if (!endpoint) return null
  const { createTracing } = await import('./open-telemetry')
  const tracing = createTracing(service, endpoint)
  holder.playkeyTracing = tracing
  return async () => {
    holder.playkeyTracing = undefined
    await tracing.stop()
  }
}
