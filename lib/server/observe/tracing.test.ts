import { createRequire } from 'node:module'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PlaykeyError } from '@/lib/errors/base-error'
import {
  type OtlpReceiver,
  startOtlpReceiver,
} from '@/scripts/test/otlp-receiver'
import { currentTraceParent, getTracing, startTracing, traced } from './tracing'

let receiver: OtlpReceiver
let stop: (() => Promise<void>) | null = null

beforeEach(async () => {
  receiver = await startOtlpReceiver()
})
afterEach(async () => {
  await stop?.()
  stop = null
  await receiver.close()
  vi.unstubAllEnvs()
})

/** Files of OpenTelemetry that this process has loaded. */
function loadedFiles(): string[] {
  const { cache } = createRequire(import.meta.url)
  return Object.keys(cache).filter((path) => path.includes('@opentelemetry'))
}

async function start() {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.endpoint)
  stop = await startTracing('playkey-test')
}

/** Ends tracing; what it recorded, by name. */
async function spansByName() {
  await stop?.()
  stop = null
  return new Map(receiver.spans.map((span) => [span.name, span]))
}

describe('without an endpoint', () => {
  test('behavior: nothing is loaded or recorded, and work runs as it would', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', undefined)
    expect(await startTracing('playkey-test')).toBeNull()
    expect(getTracing()).toBeNull()
    const seen = await traced('admit', async () => currentTraceParent())
    expect(seen).toBeNull()
    expect(receiver.bodies).toEqual([])
    expect(loadedFiles()).toEqual([])
  })
})

describe('with an endpoint', () => {
  test('behavior: a span is under the one that runs, also when others run at the same time', async () => {
    await start()
    expect(loadedFiles()).not.toEqual([])
    const run = (name: string) =>
      traced(name, async () => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        await traced(`${name} inside`, async () => undefined)
      })
    await Promise.all([run('a'), run('b')])
    const spans = await spansByName()
    for (const name of ['a', 'b']) {
      const [outside, inside] = [spans.get(name), spans.get(`${name} inside`)]
      expect(inside?.traceId).toBe(outside?.traceId)
      expect(inside?.parentSpanId).toBe(outside?.spanId)
      expect(outside?.parentSpanId).toBe('')
      expect(outside?.service).toBe('playkey-test')
    }
    expect(spans.get('a')?.traceId).not.toBe(spans.get('b')?.traceId)
  })

  test('behavior: another process goes on from the trace context', async () => {
    await start()
    const parent = await traced('admit', async () => currentTraceParent())
    expect(parent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    const startMs = Date.now() - 1_000
    const own = getTracing()?.record({
      ...{ name: 'relay', startMs, endMs: startMs + 40, parent },
      ...{ attributes: { 'playkey.intents': 1 }, links: [] },
    })
    getTracing()?.record({
      ...{ name: 'bundle', startMs, endMs: startMs, parent: null },
      ...{ attributes: {}, links: [own ?? '', 'nonsense'] },
    })
    const spans = await spansByName()
    const relay = spans.get('relay')
    expect(relay?.traceId).toBe(spans.get('admit')?.traceId)
    expect(relay?.parentSpanId).toBe(spans.get('admit')?.spanId)
    expect((relay?.end ?? 0n) - (relay?.start ?? 0n)).toBe(40_000_000n)
    expect(spans.get('bundle')?.links).toEqual([relay?.traceId])
    expect(spans.get('bundle')?.parentSpanId).toBe('')
  })

  // Guarantee: what an error says, which may quote a request, does not leave with the span.
  test('security: an error is marked by its code alone, and thrown on', async () => {
    await start()
    const refused = new PlaykeyError('session_unknown', {
      message: 'a secret sentence',
    })
    const work = traced('admit', () => Promise.reject(refused))
    await expect(work).rejects.toBe(refused)
    const spans = await spansByName()
    expect(spans.get('admit')).toMatchObject({
      ...{ isError: true, attributes: { 'error.type': 'session_unknown' } },
    })
    expect(receiver.bodies.join('')).not.toContain('secret')
  })

  test('behavior: what the sampler leaves out has no trace context to store', async () => {
    vi.stubEnv('OTEL_TRACES_SAMPLER', 'always_off')
    await start()
    const seen = await traced('admit', async () => currentTraceParent())
    expect(seen).toBeNull()
    expect((await spansByName()).size).toBe(0)
  })

  test('behavior: a collector that is away stops nothing', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:9')
    stop = await startTracing('playkey-test')
    expect(await traced('admit', async () => 7)).toBe(7)
    await stop?.()
    stop = null
  })
})
