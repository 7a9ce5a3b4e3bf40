import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  NodeTracerProvider,
} from '@opentelemetry/sdk-trace-node'
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions'
import { toPlaykeyError } from '@/lib/errors/base-error'
import type { Tracing } from './tracing'

const STOP_TIMEOUT_MS = 3_000
const SAMPLED = 1

/**
 * Records spans with OpenTelemetry and sends them to a collector (OTLP over HTTP, JSON). Nothing is registered globally:
 * libraries record nothing, and no caller's headers decide what is traced.
 * @param endpoint Base URL of the collector.
 */
export function createTracing(service: string, endpoint: string): Tracing {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
  })
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: service }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  const tracer = provider.getTracer('playkey')
  const running = new AsyncLocalStorage<Span>()
  return {
    run(name, work, attributes) {
      const under = contextOf(running.getStore()?.spanContext() ?? null)
      const span = tracer.startSpan(name, { attributes }, under)
      return running.run(span, () =>
        work()
          .catch((error) => {
            markFailed(span, error)
            throw error
          })
          .finally(() => span.end()),
      )
    },
    current() {
      const context = running.getStore()?.spanContext()
      return context && isSampled(context) ? toTraceParent(context) : null
    },
    record({ name, startMs, endMs, attributes, parent, links }) {
      const span = tracer.startSpan(
        name,
        {
          ...{ attributes, startTime: startMs },
          links: links.flatMap((link) => {
            const context = fromTraceParent(link)
            return context ? [{ context }] : []
          }),
        },
        contextOf(parent === null ? null : fromTraceParent(parent)),
      )
      span.end(Math.max(startMs, endMs))
      return toTraceParent(span.spanContext())
    },
    async stop() {
      const late = new Promise<void>((resolve) => {
        setTimeout(resolve, STOP_TIMEOUT_MS).unref()
      })
      await Promise.race([provider.shutdown(), late]).catch(() => undefined)
    },
  }
}

function contextOf(parent: SpanContext | null): Context {
  return parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT
}

/** By its code alone: what an error says may quote a request. */
function markFailed(span: Span, error: unknown): void {
  const { code } = toPlaykeyError(error)
  span.setAttribute('error.type', code)
  span.setStatus({ code: SpanStatusCode.ERROR, message: code })
}

function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & SAMPLED) === SAMPLED
}

function toTraceParent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}

const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

function fromTraceParent(text: string): SpanContext | null {
  const [, traceId, spanId, flags] = pattern.exec(text) ?? []
  if (!traceId || !spanId || !flags) return null
  const traceFlags = Number.parseInt(flags, 16)
  return { traceId, spanId, traceFlags, isRemote: true }
}
