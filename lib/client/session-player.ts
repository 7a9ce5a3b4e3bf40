import 'client-only'
import { PlaykeyError } from '@/lib/errors/base-error'
import { compileTerms } from '@/lib/permission/compile-terms'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import type { PlayReport } from '@/lib/session/play-report'
import { fromUsageJson } from '@/lib/session/session-usage'
import type { SessionView } from '@/lib/session/session-view'
import type { SigningDomain } from '@/lib/session/typed-data-domain'
import { EventStream } from './event-stream'
import type { LogListeners } from './intent-log'
import { IntentQueue, type QueueSession } from './intent-queue'
import type { KeyStore } from './key-store'
import { acquireLane, type LaneLock } from './lane-lock'
import { PlayReporter } from './play-reporter'
import type { QueueTransport } from './queue-transport'
import type { ServerClock } from './server-clock'
import { endOf } from './session-end'
import { termsOfView } from './terms-of-view'

export type PlayerOptions = {
  view: SessionView
  /** Unix seconds; 0 = not paused. */
  pausedUntil: number
  domain: SigningDomain
  keyStore: KeyStore
  transport: QueueTransport
  clock: ServerClock
  eventsUrl: string
  report: (batch: PlayReport) => Promise<unknown>
  listeners: LogListeners
  /** News that is not about this tab's own intents. */
  onEvent: (event: RelayEvent) => void
}

const TICK_MS = 1_000
/** The stream may be silent this long before intents are asked for. */
const STREAM_PATIENCE_MS = 2_000
/** Even with the stream up, an intent silent for so long is asked for. */
const SILENCE_MS = 8_000

/** What the queue needs to know of a session. */
export function toQueueSession(
  view: SessionView,
  pausedUntil: number,
): QueueSession {
  return {
    id: view.id,
    account: view.account,
    status: view.status,
    validAfter: view.validAfter,
    validUntil: endOf(view),
    pausedUntil,
    table: compileTerms(termsOfView(view)),
    usage: fromUsageJson(view.usage),
  }
}

/** One session being played in this tab: its lane, queue, event stream, poller and reporter. */
export class SessionPlayer {
  readonly queue: IntentQueue
  readonly #lane: LaneLock
  readonly #stream: EventStream
  readonly #reporter: PlayReporter
  readonly #timer: ReturnType<typeof setInterval>
  readonly #onEvent: (event: RelayEvent) => void
  readonly #onPageHide = () => this.#reporter.flush()
  readonly #onOnline = () => this.queue.retryNow()

  private constructor(
    options: PlayerOptions,
    lane: LaneLock,
    queue: IntentQueue,
    reporter: PlayReporter,
  ) {
    this.queue = queue
    this.#lane = lane
    this.#reporter = reporter
    this.#onEvent = options.onEvent
    this.#stream = new EventStream({
      url: options.eventsUrl,
      sessionId: options.view.id,
      onEvent: (event) => this.#receive(event),
      onOpen: () => void this.#poll(0),
    })
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
    window.addEventListener('pagehide', this.#onPageHide)
    window.addEventListener('online', this.#onOnline)
  }

  /** Takes a lane and the key. @throws PlaykeyError `no_free_lane` or `session_key_missing`. */
  static async open(options: PlayerOptions): Promise<SessionPlayer> {
    const { view, keyStore, listeners } = options
    const sign = await keyStore.getSigner(view.key.publicKey)
    const lane = await acquireLane(view.id)
    if (!lane) throw new PlaykeyError('no_free_lane')
    const reporter = new PlayReporter({
      sessionId: view.id,
      report: options.report,
    })
    const queue = new IntentQueue({
      ...listeners,
      domain: options.domain,
      session: toQueueSession(view, options.pausedUntil),
      lane: lane.lane,
      sign,
      transport: options.transport,
      clock: options.clock,
      onLatency: (latencyMs) => {
        reporter.recordLatency(latencyMs)
        listeners.onLatency?.(latencyMs)
      },
      onRefusal: (error) => {
        reporter.recordRefusal(error.code)
        listeners.onRefusal?.(error)
      },
    })
    return new SessionPlayer(options, lane, queue, reporter)
  }

  /** The player did something: counts as play time. */
  recordAction(): void {
    this.#reporter.recordAction()
  }

  /** Stops everything and frees the lane. */
  close(): void {
    clearInterval(this.#timer)
    window.removeEventListener('pagehide', this.#onPageHide)
    window.removeEventListener('online', this.#onOnline)
    this.#stream.close()
    this.queue.close()
    this.#reporter.flush()
    this.#lane.release()
  }

  #receive(event: RelayEvent): void {
    const isOwn =
      event.type === 'intent' &&
      this.queue.receive({
        id: event.id,
        status: event.status,
        reason: event.reason ?? null,
        txHash: event.txHash ?? null,
        blockNumber: event.blockNumber ?? null,
        isFinal: false,
      })
    if (event.type === 'final') this.queue.noteFinal(event.blockNumber)
    if (!isOwn) this.#onEvent(event)
  }

  #tick(): void {
    this.#reporter.tick()
    const isDown = this.#stream.downForMs > STREAM_PATIENCE_MS
    void this.#poll(isDown ? 0 : SILENCE_MS)
  }

  async #poll(olderThanMs: number): Promise<void> {
    // A relay that cannot be reached is shown by the queue, which retries.
    await this.queue.poll(olderThanMs).catch(() => undefined)
  }
}
