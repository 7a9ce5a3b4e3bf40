import 'server-only'
import type { Hex } from 'viem'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import { logger } from '../log/logger'
import { listEventsSince } from '../session/list-events'
import { getEventHub } from './event-hub'
import { createFinalityGate } from './finality-gate'

const HEARTBEAT_MS = 10_000
/** Events settled just before a reconnection are sent again: news may come twice, never not at all. */
const OVERLAP_MS = 2_000
/** News that may lie unread; whoever reads slower is let go, and gets what it missed when it comes back. */
const UNREAD_MAX = 512

/**
 * Server-sent events of a session. Each carries an id; a reader that comes back with the last one gets what it missed.
 * @param sinceMs Unix milliseconds of the last event seen; null sends nothing of the past.
 */
export function openEventStream(
  session: { id: Hex; policyId: string | null },
  sinceMs: number | null,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let close = () => {}
  return new ReadableStream({
    start(controller) {
      let lastMs = sinceMs ?? Date.now()
      const end = () => {
        close()
        try {
          controller.error(new Error('stream ended'))
        } catch {
          // It has ended already.
        }
      }
      const write = (text: string) => {
        if ((controller.desiredSize ?? 0) < -UNREAD_MAX) return end()
        try {
          controller.enqueue(encoder.encode(text))
        } catch {
          close()
        }
      }
      const isNews = createFinalityGate()
      const send = (event: RelayEvent) => {
        if (!isNews(event)) return
        lastMs = Math.max(lastMs, settledMs(event))
        write(`id: ${lastMs}\ndata: ${JSON.stringify(event)}\n\n`)
      }
      const catchUp = () => {
        listEventsSince(session.id, lastMs - OVERLAP_MS)
          .then((events) => events.forEach(send))
          .catch((error) => logger.warn({ err: error }, 'events not caught up'))
      }
      const unsubscribe = getEventHub().subscribe({
        sessionId: session.id,
        policyId: session.policyId,
        onEvent: send,
        onGap: catchUp,
        onEvicted: end,
      })
      const heartbeat = setInterval(
        () => write(': still here\n\n'),
        HEARTBEAT_MS,
      )
      close = () => {
        unsubscribe()
        clearInterval(heartbeat)
      }
      if (signal.aborted) return close()
      signal.addEventListener('abort', () => close(), { once: true })
      write('retry: 1000\n\n')
      if (sinceMs !== null) catchUp()
    },
    cancel: () => close(),
  })
}

function settledMs(event: RelayEvent): number {
  return event.type === 'intent' ? (event.settledAtMs ?? 0) : 0
}
