import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import type { RelayHttp } from './relay-http'

const RECONNECT_MS = 300

/** Reads a session's server-sent events as EventSource does: it comes back after each break and names the last one it saw. */
export async function readEvents(options: {
  http: RelayHttp
  sessionId: Hex
  /** Network address that the web process sees. */
  from: string
  onEvent(event: RelayEvent): void
  stop: AbortSignal
}): Promise<void> {
  const { http, sessionId, from, onEvent, stop } = options
  let lastId: string | null = null
  while (!stop.aborted) {
    try {
      const response: Response = await fetch(
        `${http.url}/api/events?sessionId=${sessionId}`,
        {
          headers: {
            'x-forwarded-for': from,
            ...(lastId ? { 'last-event-id': lastId } : {}),
          },
          signal: stop,
        },
      )
      if (!response.ok || !response.body) throw new Error('refused')
      for await (const line of linesOf(response.body)) {
        if (line.startsWith('id: ')) lastId = line.slice(4)
        if (line.startsWith('data: '))
          onEvent(JSON.parse(line.slice(6)) as RelayEvent)
      }
    } catch {
      // It comes back below.
    }
    await sleep(RECONNECT_MS, undefined, { signal: stop }).catch(
      () => undefined,
    )
  }
}

async function* linesOf(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
