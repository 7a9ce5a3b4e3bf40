import type { RelayEvent } from '@/lib/rpc/relay-event'
import { channels } from '../db/channels'

/** PostgreSQL takes less than 8,000 bytes per notification. */
const PAYLOAD_MAX_BYTES = 7_800

/** Anything that runs SQL with `$1` parameters: a pool, or a client inside a transaction. */
export type Queryable = {
  query(text: string, values: unknown[]): Promise<unknown>
}

/** Tells the web processes, when the transaction commits; they push to browsers. */
export async function notifyEvents(
  target: Queryable,
  events: readonly RelayEvent[],
): Promise<void> {
  if (events.length === 0) return
  await target.query(
    'SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload',
    [channels.event, toPayloads(events)],
  )
}

/** JSON arrays of events, each short enough for one notification. */
export function toPayloads(events: readonly RelayEvent[]): string[] {
  const payloads: string[] = []
  let current: string[] = []
  let size = 2
  for (const event of events) {
    const text = JSON.stringify(event)
    const bytes = Buffer.byteLength(text) + 1
    if (size + bytes > PAYLOAD_MAX_BYTES && current.length > 0) {
      payloads.push(`[${current.join(',')}]`)
      current = []
      size = 2
    }
    current.push(text)
    size += bytes
  }
  if (current.length > 0) payloads.push(`[${current.join(',')}]`)
  return payloads
}
