import type { Writable } from 'node:stream'
import type { Hex } from 'viem'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import { logger } from '../log/logger'
import { listEventsSince } from '../session/list-events'
import { getEventHub } from './event-hub'
import { createFinalityGate } from './finality-gate'

const HEARTBEAT_MS = 10_000
/** Events settled just before a reconnection are sent again: news may come twice, never not at all. */
const OVERLAP_MS = 2_000
/** Bytes that may lie unread; whoever reads slower is let go, and gets what it missed when it comes back. */
const UNREAD_MAX_BYTES = 131_072

/**
 * Writes a session's server-sent events to `out` until it closes. Each carries an id; a reader that comes back with the
 * last one gets what it missed.
 * @param sinceMs Unix milliseconds of the last event seen; null sends nothing of the past.
 */
export function openEventStream(
  session: { id: Hex; policyId: string | null },
  sinceMs: number | null,
  out: Writable,
): void {
  if (out.destroyed) return
  let lastMs = sinceMs ?? Date.now()
  let unsent = ''
  const flush = () => {
    if (out.destroyed) return
    out.write(unsent)
    unsent = ''
    if (out.writableLength > UNREAD_MAX_BYTES) out.destroy()
  }
  /** News that come together leave together. */
  const write = (text: string) => {
    if (unsent === '') queueMicrotask(flush)
    unsent += text
  }
  const isNews = createFinalityGate()
  const send = (event: RelayEvent, text = JSON.stringify(event)) => {
    if (!isNews(event)) return
    lastMs = Math.max(lastMs, settledMs(event))
    write(`id: ${lastMs}\ndata: ${text}\n\n`)
  }
  const catchUp = () => {
    listEventsSince(session.id, lastMs - OVERLAP_MS)
      .then((events) => {
        for (const event of events) send(event)
      })
      .catch((error) => logger.warn({ err: error }, 'events not caught up'))
  }
  const unsubscribe = getEventHub().subscribe({
    sessionId: session.id,
    policyId: session.policyId,
    onEvent: send,
    onGap: catchUp,
    onEvicted: () => end(),
  })
  const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS)
  const end = () => {
    unsubscribe()
    clearInterval(heartbeat)
    out.destroy()
  }
  out.once('close', end)
  out.once('error', end)
  write('retry: 1000\n\n')
  if (sinceMs !== null) catchUp()
}

function settledMs(event: RelayEvent): number {
  return event.type === 'intent' ? (event.settledAtMs ?? 0) : 0
}
