import 'server-only'
import { z } from 'zod'
import { getServerEnv } from '@/lib/config/env'
import { type RelayEvent, relayEventSchema } from '@/lib/rpc/relay-event'
import { channels } from '../db/channels'
import { getDatabase } from '../db/database'
import { type Listener, listen } from '../db/listen'
import { notePush } from '../observe/note-push'
import { noteEventStream } from '../observe/note-stage'

/** Someone who wants the news of one session and its policy. */
export type Subscriber = {
  sessionId: string
  policyId: string | null
  onEvent(event: RelayEvent): void
  /** News may have been missed: look into the database. */
  onGap(): void
  /** Too many others came for the same session: end. */
  onEvicted(): void
}

/** Streams of one session: some tabs and devices. The newest stay, so that nobody can keep its player out. */
const PER_SESSION_MAX = 32
/** Streams of one process. */
const STREAMS_MAX = 10_000

const payloadSchema = z.array(relayEventSchema)

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

  #deliver(payload: string): void {
    const parsed = payloadSchema.safeParse(JSON.parse(payload))
    if (!parsed.success) return
    for (const event of parsed.data)
      if (event.type === 'final') this.#deliverToAll(event)
      else if (event.type === 'policy') this.#deliverToPolicy(event)
      else this.#deliverToSession(event)
  }

  #deliverToSession(
    event: Extract<RelayEvent, { type: 'intent' | 'session' }>,
  ): void {
    const group = this.#bySession.get(event.sessionId)
    if (!group) return
    for (const subscriber of group) subscriber.onEvent(event)
    if (event.type === 'intent' && event.settledAtMs)
      notePush(getDatabase(), event.id, event.settledAtMs)
  }

  #deliverToAll(event: RelayEvent): void {
    for (const group of this.#bySession.values())
      for (const subscriber of group) subscriber.onEvent(event)
  }

  #deliverToPolicy(event: Extract<RelayEvent, { type: 'policy' }>): void {
    for (const group of this.#bySession.values())
      for (const subscriber of group)
        if (subscriber.policyId === event.policyId) subscriber.onEvent(event)
  }

  #announceGap(): void {
    for (const group of this.#bySession.values())
      for (const subscriber of group) subscriber.onGap()
  }
}

const holder = globalThis as typeof globalThis & { playkeyEventHub?: EventHub }

/** This process's hub; survives hot reload. */
export function getEventHub(): EventHub {
  holder.playkeyEventHub ??= new EventHub()
  return holder.playkeyEventHub
}
