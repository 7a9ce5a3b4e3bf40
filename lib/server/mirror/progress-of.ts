import type { Hex } from 'viem'
import type { IntentEvent } from './apply-intents'

/** How far events brought sessions and their lanes; `next` is the next sequence. */
export type Progress = {
  /** `next` is of lane 0, 0 where it did not move; cells as they are after the last event. */
  sessions: { id: Hex; next: number; cells: readonly number[] }[]
  /** Lanes other than 0. */
  lanes: { id: Hex; lane: number; next: number }[]
}

/** What executed intents say about sequences and counters; each session and each lane once. */
export function progressOf(events: readonly IntentEvent[]): Progress {
  const sessions = new Map<Hex, Progress['sessions'][number]>()
  const lanes = new Map<string, Progress['lanes'][number]>()
  for (const event of events) {
    if (event.name !== 'IntentExecuted') continue
    const { subject: id } = event
    const { lane, sequence, counters: cells } = event.outcome
    const before = sessions.get(id)?.next ?? 0
    const next = lane === 0 ? Math.max(before, sequence + 1) : before
    sessions.set(id, { id, next, cells })
    if (lane === 0) continue
    const key = `${id}:${lane}`
    const known = lanes.get(key)?.next ?? 0
    lanes.set(key, { id, lane, next: Math.max(known, sequence + 1) })
  }
  return { sessions: [...sessions.values()], lanes: [...lanes.values()] }
}
