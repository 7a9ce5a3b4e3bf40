import type { Address, Hex } from 'viem'
import {
  type SerializedError,
  serializeError,
} from '@/lib/errors/action-result'
import { expiryAt } from '@/lib/intent/expiry'
import type { Intent, SignedIntent } from '@/lib/intent/intent'
import { hashIntent } from '@/lib/intent/intent-typed-data'
import type { SigningDomain } from '@/lib/session/typed-data-domain'
import {
  isFinal,
  isResignable,
  isRetryable,
  isUnsent,
  type QueueEntry,
} from './intent-entry'
import type { IntentLog } from './intent-log'
import type { QueueTransport, SendResult } from './queue-transport'
import type { ServerClock } from './server-clock'

export type SenderOptions = {
  domain: SigningDomain
  sessionId: Hex
  account: Address
  lane: number
  /** Signs with the session key. Never prompts. */
  sign: (digest: Hex) => Promise<Hex>
  transport: QueueTransport
  clock: ServerClock
  log: IntentLog
  /** A refusal may tell about session and time. */
  onError: (error: SerializedError) => void
  /** The relay was lost or found again, or told the time. */
  onConnection: () => void
  sleep?: ((ms: number) => Promise<void>) | undefined
}

/** Intents per request. */
const MAX_BATCH = 50
/** How often calls are signed again under another place in the lane. */
const MAX_RESIGNS = 3
/** Why intents are rejected that came too late. */
const aboutTime: ReadonlySet<string> = new Set([
  'session_expired',
  'intent_expired',
])
const BACKOFF_MS = [250, 500, 1_000, 2_000, 4_000, 8_000]

/** What became of one request: `wait` = the relay asks to try again, `unreachable` = no answer. */
type Delivery = 'done' | 'wait' | 'unreachable'

/** Signs and sends the unsent intents of one lane, one request at a time, so that they can never overtake each other. */
export class LaneSender {
  readonly #options: SenderOptions
  #nextSequence: number | null = null
  /** Counts resyncs, so that signing that was under way notices one. */
  #generation = 0
  #isPumping = false
  #isClosed = false
  #isOffline = false
  #isAskingTime = false
  #wake: (() => void) | null = null

  constructor(options: SenderOptions) {
    this.#options = options
  }

  get isOffline(): boolean {
    return this.#isOffline
  }

  /** Stops for good. */
  close(): void {
    this.#isClosed = true
    this.#wake?.()
  }

  /** Ends a pause between attempts. */
  retryNow(): void {
    this.#wake?.()
  }

  /**
   * Asks the relay for the next place in the lane before anything else is signed.
   * @param reason Why an intent was rejected; when it came too late, the relay is asked at once, for it tells the time.
   */
  resync(reason?: string): void {
    this.#nextSequence = null
    this.#generation += 1
    if (reason && aboutTime.has(reason)) void this.#askTime()
  }

  /** It was admitted, so the clock here may be behind. */
  async #askTime(): Promise<void> {
    if (this.#isAskingTime) return
    this.#isAskingTime = true
    const { transport, lane, sessionId, onConnection } = this.#options
    await transport.getNextSequence(sessionId, lane).catch(() => undefined)
    this.#isAskingTime = false
    onConnection()
  }

  /** Sends until nothing is unsent. Does nothing when it is sending already. */
  async pump(): Promise<void> {
    if (this.#isPumping) return
    this.#isPumping = true
    let failures = 0
    try {
      for (;;) {
        const batch = this.#options.log.unsent.slice(0, MAX_BATCH)
        if (batch.length === 0 || this.#isClosed) return
        const delivery = await this.#deliver(batch)
        this.#setOffline(delivery === 'unreachable')
        failures = delivery === 'done' ? 0 : failures + 1
        if (delivery !== 'done') await this.#backOff(failures)
      }
    } finally {
      this.#isPumping = false
    }
  }

  async #deliver(batch: QueueEntry[]): Promise<Delivery> {
    const { transport, lane, sessionId } = this.#options
    try {
      this.#nextSequence ??= await transport.getNextSequence(sessionId, lane)
      const signed = await this.#signAll(batch)
      if (!signed) return 'done'
      const sent = batch.slice(0, signed.length)
      return this.#apply(sent, await transport.sendIntents(signed))
    } catch (error) {
      // What nobody foresaw would only happen again: an outage always comes as a PlaykeyError.
      const refusal = serializeError(error)
      if (isRetryable(refusal)) return 'unreachable'
      this.#refuse(batch[0], refusal)
      return 'done'
    }
  }

  /**
   * Signs what is not signed yet. Null when the lane was resynced meanwhile: then the batch is stale.
   * @returns the first of the batch, up to one that cannot be signed; its turn comes when they are sent.
   * @throws when the very first cannot be signed
   */
  async #signAll(batch: QueueEntry[]): Promise<SignedIntent[] | null> {
    const generation = this.#generation
    const all: SignedIntent[] = []
    for (const entry of batch) {
      try {
        const signed = entry.signed ?? (await this.#sign(entry, generation))
        if (!signed) return null
        all.push(signed)
      } catch (error) {
        if (all.length === 0) throw error
        return all
      }
    }
    return all
  }

  async #sign(
    entry: QueueEntry,
    generation: number,
  ): Promise<SignedIntent | null> {
    const { domain, sign, log } = this.#options
    const intent = this.#intentOf(entry)
    const id = hashIntent({ intent, ...domain })
    const signed = { intent, signature: await sign(id) }
    if (generation !== this.#generation) return null
    entry.signed = signed
    this.#nextSequence = intent.sequence + 1
    log.set(entry, { id, status: 'outbox' })
    return signed
  }

  #intentOf(entry: QueueEntry): Intent {
    const { account, sessionId, lane, clock } = this.#options
    return {
      account,
      sessionId,
      lane,
      sequence: this.#nextSequence ?? 0,
      calls: entry.calls,
      expiry: expiryAt(clock.nowSeconds()),
      callGas: entry.callGas,
    }
  }

  #apply(batch: QueueEntry[], results: SendResult[]): Delivery {
    const { log } = this.#options
    for (const [index, entry] of batch.entries()) {
      const result = results[index]
      if (!result) return 'wait'
      const { status } = entry.view
      if (result.ok) {
        if (isUnsent(status)) log.set(entry, { status: 'queued' })
        continue
      }
      if (isFinal(status)) continue
      if (isRetryable(result.error)) return 'wait'
      this.#options.onError(result.error)
      if (isResignable(result.error) && entry.resigned < MAX_RESIGNS) {
        this.#signAgain(batch.slice(index))
      } else {
        this.#refuse(entry, result.error)
      }
      return 'done'
    }
    return 'done'
  }

  /** Gives up the places of `entries` in the lane; they are signed again under fresh ones. */
  #signAgain(entries: QueueEntry[]): void {
    this.resync()
    for (const entry of entries) {
      if (!isUnsent(entry.view.status)) continue
      entry.signed = null
      entry.resigned += 1
      this.#options.log.set(entry, { id: null, status: 'signing' })
    }
  }

  #refuse(entry: QueueEntry | undefined, error: SerializedError): void {
    this.resync()
    if (entry) this.#options.log.refuse(entry, error)
  }

  #setOffline(isOffline: boolean): void {
    if (this.#isOffline === isOffline) return
    this.#isOffline = isOffline
    this.#options.onConnection()
  }

  async #backOff(failures: number): Promise<void> {
    const sleep =
      this.#options.sleep ?? ((ms) => new Promise((r) => setTimeout(r, ms)))
    const ms = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length) - 1] ?? 250
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    await Promise.race([sleep(ms), woken])
    this.#wake = null
  }
}
