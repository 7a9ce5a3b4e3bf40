import type { Address, Hex } from 'viem'

/** What an intent is to the relay: an honest player's, or one of several kinds of trouble. */
export type IntentKind =
  | 'healthy'
  | 'wall'
  | 'burner'
  | 'return-bomb'
  | 'dead-grant'
  | 'huge-data'
  | 'short-lived'

/** One signed intent, from signing to its end, as its player saw it. */
export type Entry = {
  id: Hex
  kind: IntentKind
  account: Address
  sessionId: Hex
  lane: number
  sequence: number
  signature: Hex
  sentMs: number
  /** When the relay answered with its id; null while it has not. */
  acknowledgedMs: number | null
  /** Code of the refusal, when it was refused at the door. */
  refusal: string | null
  /** When its end was first heard of, by push or by asking. */
  settledMs: number | null
  /** What was pushed about it, in order. */
  pushed: string[]
  /** What the relay said last, asked for it. */
  status: string | null
  reason: string | null
}

const settledStatuses: ReadonlySet<string> = new Set([
  'confirmed',
  'reverted',
  'rejected',
])

/** Whether a status is an end. */
export function isSettledStatus(status: string | null): boolean {
  return status !== null && settledStatuses.has(status)
}

/** Everything that players signed, sent and were told. */
export class Journal {
  readonly entries = new Map<Hex, Entry>()
  readonly #waiting = new Map<Hex, (() => void)[]>()
  /** Answers that a player could not use, by code: 503, 429 and so on. */
  readonly troubles: Record<string, number> = {}

  add(entry: Entry): void {
    this.entries.set(entry.id, entry)
  }

  acknowledge(id: Hex): void {
    const entry = this.entries.get(id)
    if (entry) entry.acknowledgedMs ??= Date.now()
  }

  /** Notes what the relay pushed or answered. */
  note(
    id: Hex,
    news: { status: string; reason?: string | null | undefined },
    isPush: boolean,
  ): void {
    const entry = this.entries.get(id)
    if (!entry) return
    if (isPush) entry.pushed.push(news.status)
    entry.status = news.status
    entry.reason = news.reason ?? null
    // Undone blocks take an end back.
    if (!isSettledStatus(news.status)) entry.settledMs = null
    if (!isSettledStatus(news.status)) return
    entry.settledMs ??= Date.now()
    for (const resume of this.#waiting.get(id) ?? []) resume()
    this.#waiting.delete(id)
  }

  trouble(code: string): void {
    this.troubles[code] = (this.troubles[code] ?? 0) + 1
  }

  /** Resolves when the intent is settled, or after `timeoutMs`. @returns whether it is */
  whenSettled(id: Hex, timeoutMs: number): Promise<boolean> {
    const entry = this.entries.get(id)
    if (!entry || entry.settledMs !== null) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs)
      const list = this.#waiting.get(id) ?? []
      list.push(() => {
        clearTimeout(timer)
        resolve(true)
      })
      this.#waiting.set(id, list)
    })
  }

  get acknowledged(): Entry[] {
    return [...this.entries.values()].filter(
      ({ acknowledgedMs }) => acknowledgedMs !== null,
    )
  }

  /** Acknowledged, and not known to have ended. */
  get open(): Entry[] {
    return this.acknowledged.filter(({ settledMs }) => settledMs === null)
  }
}
