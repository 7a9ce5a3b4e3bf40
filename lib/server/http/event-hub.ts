import { getServerEnv } from '@/lib/config/env'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import { channels } from '../db/channels'
import { getDatabase } from '../db/database'
import { type Listener, listen } from '../db/listen'
import { notePush } from '../observe/note-push'
import { noteEventStream } from '../observe/note-stage'

/** Someone who wants the news of one session and its policy. */
export type Subscriber = {
  sessionId: string
  policyId: string | null
  /** @param text The event as JSON. */
  onEvent(event: RelayEvent, text: string): void
  /** News may have been missed: look into the database. */
  onGap(): void
  /** Too many others came for the same session, or the process stops: end. */
  onEvicted(): void
}

/** Streams of one session: some tabs and devices. The newest stay, so that nobody can keep its player out. */
const PER_SESSION_MAX = 32
/** Streams of one process. */
const STREAMS_MAX = 10_000

/** Fans out one database connection's notifications to all open streams of this process. */
class EventHub {
  readonly #bySession = new Map<string, Set<Subscriber>>()
  #listener: Listener | null = null
  #streams = 0

  /** Whether this process holds as many streams as it can. */
  get isFull(): boolean {
    return this.#streams >= STREAMS_MAX
  }

  /** @returns what ends the subscription */
  subscribe(subscriber: Subscriber): () => void {
    this.#listener ??= listen(
      getServerEnv().DATABASE_URL,
      [channels.event],
      (_, payload) => this.#deliver(payload),
      () => this.#announceGap(),
    )
    const { sessionId } = subscriber
    const group = this.#bySession.get(sessionId) ?? new Set()
    this.#bySession.set(sessionId, group.add(subscriber))
    this.#streams += 1
    noteEventStream(1)
    const [oldest] = group
    if (group.size > PER_SESSION_MAX) oldest?.onEvicted()
    return () => {
      if (!group.delete(subscriber)) return
      this.#streams -= 1
      noteEventStream(-1)
      if (group.size === 0) this.#bySession.delete(sessionId)
    }
  }

  /** Ends all streams and stops listening, when the process stops. */
  async close(): Promise<void> {
    for (const group of this.#bySession.values())
      for (const subscriber of group) subscriber.onEvicted()
    await this.#listener?.close()
    this.#listener = null
  }

  /** @param payload Written by our own processes: whoever may notify may also write the rows that it tells of. */
  #deliver(payload: string): void {
    for (const event of JSON.parse(payload) as RelayEvent[]) {
      const group = this.#groupOf(event)
      if (!group) continue
      const text = JSON.stringify(event)
      for (const subscriber of group) subscriber.onEvent(event, text)
      if (event.type === 'intent' && event.settledAtMs)
        notePush(getDatabase(), event.id, event.settledAtMs)
    }
  }

  /** Those whom an event is for; undefined when it is for nobody here. */
  #groupOf(event: RelayEvent): Iterable<Subscriber> | undefined {
    if (event.type === 'final') return this.#all()
    if (event.type === 'policy')
      return this.#all().filter(({ policyId }) => policyId === event.policyId)
    return this.#bySession.get(event.sessionId)
  }

  #all(): Subscriber[] {
    return [...this.#bySession.values()].flatMap((group) => [...group])
  }

  #announceGap(): void {
    for (const subscriber of this.#all()) subscriber.onGap()
  }
}

const holder = globalThis as typeof globalThis & { playkeyEventHub?: EventHub }

/** This process's hub. */
export function getEventHub(): EventHub {
  holder.playkeyEventHub ??= new EventHub()
  return holder.playkeyEventHub
}
