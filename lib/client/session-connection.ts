import 'client-only'
import type { Hex } from 'viem'
import {
  type SerializedError,
  serializeError,
} from '@/lib/errors/action-result'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import type { SessionView } from '@/lib/session/session-view'
import { type ActivityEntry, MAX_ACTIVITY, type Rollback } from './activity'
import { type FoundSession, findSession } from './find-session'
import type { GameSessionOptions } from './game-actions'
import { type KeyStore, openKeyStore } from './key-store'
import { RelayClient } from './relay-client'
import { ServerClock } from './server-clock'
import { SessionPlayer, toQueueSession } from './session-player'
import type { SessionRecord } from './session-record'

/** Refusals that say that what we know of the session is old. */
const staleCodes: ReadonlySet<string> = new Set([
  'session_unknown',
  'session_not_active',
  'session_revoked',
  'session_revoking',
  'session_expired',
  'epoch_mismatch',
])

const REFRESH_MS = 2_000
const SOON_MS = 50

export type ConnectionListeners = {
  onChange: () => void
  onRollback: (rollback: Rollback) => void
  /** Something went wrong outside of any intent. */
  onError: (error: SerializedError) => void
}

/** Keeps a tab in step with the player's session: finds it, opens it where this browser holds the key, follows its events, and closes it when it ends. */
export class SessionConnection {
  readonly clock: ServerClock
  readonly relay: RelayClient
  readonly #listeners: ConnectionListeners
  readonly #onPageShow = () => void this.reload()
  #options: GameSessionOptions
  #keyStore: KeyStore | null = null
  #player: SessionPlayer | null = null
  #past: ActivityEntry[] = []
  #view: SessionView | null
  #pausedUntil: number
  #hasKey = false
  #isReady = false
  /** Raised by every reload and by stopping, so that a slow one notices that it is late. */
  #generation = 0
  #refreshTimer: ReturnType<typeof setTimeout> | undefined
  #stopWatching: (() => void) | null = null

  constructor(options: GameSessionOptions, listeners: ConnectionListeners) {
    const { config, policy, initialSession } = options
    this.#options = options
    this.#listeners = listeners
    this.#view = initialSession
    this.#pausedUntil = policy.pausedUntil
    this.clock = new ServerClock(config.serverTimeMs)
    this.relay = new RelayClient({
      url: '/api/relay',
      chainId: config.chainId,
      clock: this.clock,
    })
  }

  get view(): SessionView | null {
    return this.#view
  }

  get player(): SessionPlayer | null {
    return this.#player
  }

  /** Whether this browser holds the key of `view`. */
  get hasKey(): boolean {
    return this.#hasKey
  }

  get isReady(): boolean {
    return this.#isReady
  }

  /** Unix seconds; 0 = not paused. */
  get pausedUntil(): number {
    return this.#pausedUntil
  }

  get keyStorage(): 'indexeddb' | 'memory' {
    return this.#keyStore?.storage ?? 'indexeddb'
  }

  /** Newest first, over all sessions of this tab. */
  get activity(): ActivityEntry[] {
    const now = this.#player?.queue.activity ?? []
    if (this.#past.length === 0) return now
    return [...now, ...this.#past].slice(0, MAX_ACTIVITY)
  }

  /** What records of this game, player and deployment have in common. */
  get identity(): Pick<
    SessionRecord,
    'chainId' | 'sessionManager' | 'owner' | 'gameSlug'
  > {
    const { config, ownerAddress, policy } = this.#options
    const { chainId, sessionManager } = config
    const gameSlug = policy.document.game.slug
    return { chainId, sessionManager, owner: ownerAddress, gameSlug }
  }

  /** Opens key store and session. @returns how to stop. */
  start(): () => void {
    window.addEventListener('pageshow', this.#onPageShow)
    void this.#open()
    return () => {
      this.#generation += 1
      clearTimeout(this.#refreshTimer)
      window.removeEventListener('pageshow', this.#onPageShow)
      this.#stopWatching?.()
      this.#retirePlayer()
    }
  }

  /** Takes over what the page got anew from the server. */
  update(options: GameSessionOptions): void {
    const before = this.#options.policy
    this.#options = options
    const { id, pausedUntil } = options.policy
    if (id === before.id && pausedUntil === before.pausedUntil) return
    this.#setPaused(pausedUntil)
  }

  /** Session as the relay sees it now. @throws PlaykeyError */
  fetch(sessionId: Hex): Promise<SessionView> {
    return this.relay.call('playkey_getSession', [{ sessionId }])
  }

  /** Looks for the session to play and opens it, unless it is open already. */
  async reload(): Promise<void> {
    const keyStore = this.#keyStore
    if (!keyStore) return
    this.#generation += 1
    const generation = this.#generation
    const found = await this.#find(keyStore)
    if (generation !== this.#generation) return
    const isSame = this.#player && this.#view?.id === found.view?.id
    if (!isSame || !found.hasKey) {
      const player = found.hasKey ? await this.#openPlayer(found.view) : null
      if (generation !== this.#generation) return player?.close()
      this.#retirePlayer()
      this.#player = player
    }
    this.#hasKey = found.hasKey
    this.#isReady = true
    this.#view = found.view
    if (found.view) this.applyView(found.view)
    else this.#listeners.onChange()
  }

  /** Takes over what the chain says about the session. The key is wiped when it has ended there. */
  applyView(view: SessionView): void {
    this.#view = view
    this.#player?.queue.update(toQueueSession(view, this.#pausedUntil))
    if (view.status === 'revoked') this.#end(view)
    this.#listeners.onChange()
  }

  async #open(): Promise<void> {
    this.#generation += 1
    const generation = this.#generation
    const keyStore = await openKeyStore()
    if (generation !== this.#generation) return
    this.#keyStore = keyStore
    this.#stopWatching = keyStore.subscribe(() => void this.reload())
    await this.reload()
  }

  async #find(keyStore: KeyStore): Promise<FoundSession> {
    // What this tab saw last is newer than what the page was rendered with.
    const initial = this.#view ?? this.#options.initialSession
    try {
      return await findSession({
        keyStore,
        wanted: this.identity,
        initial,
        getSession: (sessionId) => this.fetch(sessionId),
        nowSeconds: this.clock.nowSeconds(),
      })
    } catch (error) {
      // The relay cannot be reached: go on with what is known.
      this.#listeners.onError(serializeError(error))
      const key = initial?.key.publicKey
      const hasKey = key ? await keyStore.hasKey(key) : false
      return { view: initial, hasKey }
    }
  }

  async #openPlayer(view: SessionView | null): Promise<SessionPlayer | null> {
    const keyStore = this.#keyStore
    if (!view || !keyStore || view.status === 'revoked') return null
    const { chainId, sessionManager } = this.#options.config
    try {
      return await SessionPlayer.open({
        view,
        pausedUntil: this.#pausedUntil,
        domain: { chainId, sessionManager },
        keyStore,
        transport: this.relay,
        clock: this.clock,
        eventsUrl: '/api/events',
        report: (batch) => this.#options.actions.report(batch),
        listeners: {
          onChange: this.#listeners.onChange,
          onRollback: this.#listeners.onRollback,
          onRefusal: ({ code }) => {
            if (staleCodes.has(code)) this.#refreshIn(SOON_MS)
          },
          onLatency: () => {
            // Of tokens the chain may charge more than the calls name.
            if (this.#view?.spends.length) this.#refreshIn(REFRESH_MS)
          },
        },
        onEvent: (event) => this.#receive(event),
      })
    } catch (error) {
      this.#listeners.onError(serializeError(error))
      return null
    }
  }

  #retirePlayer(): void {
    if (!this.#player) return
    this.#past = this.activity
    this.#player.close()
    this.#player = null
  }

  #receive(event: RelayEvent): void {
    if (event.type === 'final') return
    if (event.type === 'policy') {
      if (event.policyId === this.#view?.policyId) {
        this.#setPaused(event.pausedUntil)
      }
      return
    }
    if (event.sessionId !== this.#view?.id) return
    if (event.type === 'intent') {
      // Of another tab or device: the limits have moved.
      this.#refreshIn(REFRESH_MS)
      return
    }
    const { status, reason, revokedBy } = event
    const change = {
      revokedReason: reason ?? this.#view.revokedReason,
      revokedBy: revokedBy ?? this.#view.revokedBy,
    }
    if (status === 'revoked') {
      this.applyView({ ...this.#view, ...change, status, state: 'revoked' })
    } else if (status === 'revoking') {
      this.applyView({ ...this.#view, ...change, state: 'revoked' })
    }
    this.#refreshIn(SOON_MS)
  }

  #setPaused(pausedUntil: number): void {
    this.#pausedUntil = pausedUntil
    if (this.#view) this.applyView(this.#view)
  }

  /** The chain has ended the session: nothing needs its key any more. */
  #end(view: SessionView): void {
    this.#hasKey = false
    this.#retirePlayer()
    void this.#keyStore?.findRecord(view.id).then((record) => {
      if (record) void this.#keyStore?.wipe(record.publicKey)
    })
  }

  #refreshIn(ms: number): void {
    const { id } = this.#view ?? {}
    if (!id || this.#refreshTimer !== undefined) return
    this.#refreshTimer = setTimeout(() => {
      this.#refreshTimer = undefined
      void this.fetch(id)
        .then((view) => {
          if (view.id !== this.#view?.id) return
          this.applyView(view)
          // Use is taken over only while nothing is on its way, so it is read again.
          if (this.#player?.queue.isBusy) this.#refreshIn(REFRESH_MS)
        })
        .catch(() => undefined)
    }, ms)
  }
}
