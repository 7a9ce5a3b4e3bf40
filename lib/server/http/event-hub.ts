import 'server-only'
import { z } from 'zod'
import { getServerEnv } from '@/lib/config/env'
import { type RelayEvent, relayEventSchema } from '@/lib/rpc/relay-event'
import { channels } from '../db/channels'
import { type Listener, listen } from '../db/listen'

/** Someone who wants the news of one session and its policy. */
export type Subscriber = {
  sessionId: string
  policyId: string | null
  onEvent(event: RelayEvent): void
  /** News may have been missed: look into the database. */
  onGap(): void
}

const payloadSchema = z.array(relayEventSchema)

/** Fans out one database connection's notifications to all open streams of this process. */
class EventHub {
  readonly #bySession = new Map<string, Set<Subscriber>>()
  #listener: Listener | null = null

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
    return () => {
      group.delete(subscriber)
      if (group.size === 0) this.#bySession.delete(sessionId)
    }
  }

  #deliver(payload: string): void {
    const parsed = payloadSchema.safeParse(JSON.parse(payload))
    if (!parsed.success) return
    for (const event of parsed.data)
      if (event.type === 'policy') this.#deliverToPolicy(event)
      else
        for (const subscriber of this.#bySession.get(event.sessionId) ?? [])
          subscriber.onEvent(event)
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
