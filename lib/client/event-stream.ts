import 'client-only'
import type { Hex } from 'viem'
import { type RelayEvent, relayEventSchema } from '@/lib/rpc/relay-event'

export type EventStreamOptions = {
  url: string
  sessionId: Hex
  onEvent: (event: RelayEvent) => void
  /** The stream came up, for the first time or again: news may have been missed. */
  onOpen: () => void
}

const RECONNECT_MS = 1_000

/** Settled results as the relay pushes them. The browser resumes by itself after short breaks; after a refusal it is opened anew. */
export class EventStream {
  readonly #options: EventStreamOptions
  #source: EventSource | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #downSinceMs: number | null

  constructor(options: EventStreamOptions) {
    this.#options = options
    this.#downSinceMs = performance.now()
    this.#open()
  }

  /** Milliseconds since the stream broke; 0 while it is up. */
  get downForMs(): number {
    return this.#downSinceMs === null
      ? 0
      : performance.now() - this.#downSinceMs
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#source?.close()
    this.#source = null
  }

  #open(): void {
    const { url, sessionId } = this.#options
    const source = new EventSource(`${url}?sessionId=${sessionId}`)
    this.#source = source
    source.onopen = () => {
      this.#downSinceMs = null
      this.#options.onOpen()
    }
    source.onmessage = (message: MessageEvent<string>) => {
      const event = parseEvent(message.data)
      if (event) this.#options.onEvent(event)
    }
    source.onerror = () => {
      this.#downSinceMs ??= performance.now()
      if (source.readyState !== EventSource.CLOSED) return
      this.#source = null
      this.#timer = setTimeout(() => this.#open(), RECONNECT_MS)
    }
  }
}

/** An event, or null for one that this version does not know. */
export function parseEvent(data: string): RelayEvent | null {
  try {
    return relayEventSchema.safeParse(JSON.parse(data)).data ?? null
  } catch {
    return null
  }
}
