import { EventConnection, type Settled } from './event-connection'
import { HttpConnection } from './http-connection'
import type { Move, Player } from './player'

/** Moves per request, as the browser's queue has it. */
const BATCH_MAX = 50
const RETRY_MS = 250

/** A move that was confirmed, in milliseconds of this process's clock. */
export type Confirmed = { pressedMs: number; confirmedMs: number }

type Refusal = { data?: { code?: string; details?: { retryAfterMs?: number } } }

/**
 * Plays one session as the browser's queue does: one request at a time, in which everything goes that was pressed
 * meanwhile; results come over a stream of events.
 */
export class Lane {
  readonly player: Player
  readonly #relay: HttpConnection
  readonly #onConfirmed: (move: Confirmed) => void
  readonly #pressed = new Map<string, number>()
  #events: EventConnection | null = null
  #signed: Move[] = []
  #waiting: Move[] = []
  #isSending = false
  /** Answers that asked to try again. */
  retries = 0
  /** Moves that were not signed ahead. */
  signedLate = 0

  constructor(
    player: Player,
    relayUrl: string,
    address: string,
    onConfirmed: (move: Confirmed) => void,
  ) {
    this.player = player
    this.#relay = new HttpConnection(relayUrl, address)
    this.#onConfirmed = onConfirmed
  }

  /** Opens the stream of events. */
  async listen(eventsUrl: string, address: string): Promise<void> {
    this.#events = await EventConnection.open(
      ...([eventsUrl, this.player.sessionId, address] as const),
      (news) => this.#settle(news),
    )
  }

  /** Moves without a result. */
  get unsettled(): number {
    return this.#pressed.size
  }

  /** Signs so many moves that `count` lie ready. */
  prepare(count: number): void {
    while (this.#signed.length < count)
      this.#signed.push(this.player.signMove())
  }

  /** One key press. */
  press(pressedMs = performance.now(), move = this.#take()): void {
    this.#pressed.set(move.id, pressedMs)
    this.#waiting.push(move)
    if (!this.#isSending) void this.#send()
  }

  close(): void {
    this.#events?.close()
    this.#relay.close()
  }

  #take(): Move {
    const ready = this.#signed.shift()
    if (ready) return ready
    this.signedLate += 1
    return this.player.signMove()
  }

  async #send(): Promise<void> {
    this.#isSending = true
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH_MAX)
      const texts = batch.map(({ text }) => text)
      const [only = ''] = texts
      const body = texts.length === 1 ? only : `[${texts.join(',')}]`
      const answer = await this.#relay.post(body)
      const taken = this.#countTaken(answer.body, batch.length)
      this.#waiting.splice(0, taken)
      if (taken === batch.length) continue
      this.retries += 1
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
    this.#isSending = false
  }

  /** How many of the batch's first moves the relay took over. @throws when it refuses for good */
  #countTaken(body: string, size: number): number {
    if (!body.includes('"error"')) return size
    const answers = [JSON.parse(body)].flat() as { error?: Refusal }[]
    const at = answers.findIndex(({ error }) => error)
    const code = answers[at]?.error?.data?.code ?? ''
    if (code === 'rate_limited' || code === 'temporarily_unavailable') return at
    throw new Error(`the relay refuses a move: ${body.slice(0, 600)}`)
  }

  #settle({ id, status }: Settled): void {
    const pressedMs = this.#pressed.get(id)
    if (pressedMs === undefined) return
    if (status !== 'confirmed') throw new Error(`a move is ${status}: ${id}`)
    this.#pressed.delete(id)
    this.#onConfirmed({ pressedMs, confirmedMs: performance.now() })
  }
}
