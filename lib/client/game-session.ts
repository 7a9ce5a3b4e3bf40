import 'client-only'
import {
  type SerializedError,
  serializeError,
  unwrapResult,
} from '@/lib/errors/action-result'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { SessionKey } from '@/lib/session/session'
import { toSessionJson } from '@/lib/session/session-json'
import type { IntentHandle, Rollback } from './activity'
import { buildSendRequest, type SendMeta } from './build-send-request'
import type { GameSessionOptions } from './game-actions'
import {
  deriveGameState,
  type GameSessionSnapshot,
  type GameSessionState,
  isExtendable,
  refusalOfState,
  remainingOf,
} from './game-session-state'
import { buildGrantPreview, type GrantPreview } from './grant-preview'
import { errorOfReason } from './intent-entry'
import { findHeldRecord, MEMORY_NOTICE, openKeyStore } from './key-store'
import { refusedHandle } from './refused-handle'
import { buildRenewalPreview } from './renewal-preview'
import { requestRevocation, waitForRevocation } from './revoke-session'
import { SessionConnection } from './session-connection'
import { endOf } from './session-end'

const TICK_MS = 1_000

/** A player's session with one game in this tab: granting, playing, ending. Independent of React. */
export class GameSessionController {
  readonly #connection: SessionConnection
  readonly #listeners = new Set<() => void>()
  readonly #rollbackListeners = new Set<(rollback: Rollback) => void>()
  #options: GameSessionOptions
  #isRevoking = false
  #refusal: SerializedError | null = null
  #newKey: SessionKey | null = null
  #snapshot: GameSessionSnapshot

  constructor(options: GameSessionOptions) {
    this.#options = options
    this.#connection = new SessionConnection(options, {
      onChange: () => this.#emit(),
      onRollback: (rollback) => {
        for (const listener of this.#rollbackListeners) listener(rollback)
      },
      onError: (error) => {
        this.#refusal = error
        this.#emit()
      },
    })
    this.#snapshot = this.#take()
  }

  /** Everything to show. The same object until something changes. */
  get snapshot(): GameSessionSnapshot {
    return this.#snapshot
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  onRollback(listener: (rollback: Rollback) => void): () => void {
    this.#rollbackListeners.add(listener)
    return () => this.#rollbackListeners.delete(listener)
  }

  /** Opens the session. @returns how to stop. */
  start(): () => void {
    const stop = this.#connection.start()
    const timer = setInterval(() => this.#emit(), TICK_MS)
    return () => {
      clearInterval(timer)
      stop()
    }
  }

  /** Takes over what the page got anew from the server. */
  update(options: GameSessionOptions): void {
    const before = this.#options.policy.id
    this.#options = options
    this.#connection.update(options)
    // Only news is told: callers may pass new functions with every rendering.
    if (options.policy.id !== before) this.#emit()
  }

  /** The session that the player would sign. No prompt, nothing is granted. @throws PlaykeyError */
  async prepareGrant(durationSeconds: number): Promise<GrantPreview> {
    const { policy, actions } = this.#options
    const { clock } = this.#connection
    const keyStore = await openKeyStore()
    this.#newKey ??= await keyStore.createKey()
    const key = this.#newKey
    const gameSlug = policy.document.game.slug
    const proposal = unwrapResult(
      await actions.prepareGrant({ gameSlug, key, durationSeconds }),
    )
    clock.atLeast(proposal.session.validAfter)
    const nowSeconds = clock.nowSeconds()
    const { config, ownerAddress } = this.#options
    return buildGrantPreview({
      ...{ proposal, key, policy, durationSeconds, nowSeconds, ownerAddress },
      domain: this.#domain(),
      factory: config.factory,
    })
  }

  /** The later end of the session that the player would sign. No prompt, nothing is granted. @throws PlaykeyError */
  async prepareExtension(durationSeconds: number): Promise<GrantPreview> {
    const { actions, ownerAddress } = this.#options
    const { view, clock } = this.#connection
    const record = view && (await findHeldRecord(view.id))
    if (!record) throw new PlaykeyError('session_key_missing')
    const renewal = { sessionId: view.id, durationSeconds }
    return buildRenewalPreview({
      proposal: unwrapResult(await actions.prepareRenewal(renewal)),
      ...{ record, view, durationSeconds, ownerAddress },
      domain: this.#domain(),
      nowSeconds: clock.nowSeconds(),
    })
  }

  /** Has the owner sign `preview`, with exactly one prompt, and hands it in. @throws PlaykeyError */
  async confirmGrant(preview: GrantPreview): Promise<void> {
    const { actions, signWithOwner } = this.#options
    const { owner } = preview
    const session = toSessionJson(preview.session)
    const signature = await signWithOwner(preview.typedData)
    const { sessionId } = unwrapResult(
      await actions.grant({ session, owner, signature }),
    )
    const keyStore = await openKeyStore()
    this.clearRefusal()
    const known = await keyStore.findRecord(sessionId)
    if (known) {
      this.#connection.applyView(await this.#connection.fetch(sessionId))
      await keyStore.saveRecord({ ...known, session })
      return
    }
    this.#newKey = null
    this.#isRevoking = false
    const { publicKey } = session.key
    const createdAtMs = this.#connection.clock.nowMs()
    const { identity } = this.#connection
    await keyStore.saveRecord({
      ...identity,
      ...{ publicKey, sessionId, session, createdAtMs },
    })
    await this.#connection.reload()
  }

  /** Sends one call of an action of the policy. Returns at once and never prompts. */
  send(
    actionIndex: number,
    args: readonly unknown[],
    meta?: SendMeta,
  ): IntentHandle {
    const { player } = this.#connection
    try {
      if (!player) throw refusalOfState(this.#snapshot.state)
      const { policy } = this.#options
      const request = buildSendRequest(policy, actionIndex, args, meta)
      player.recordAction()
      return player.queue.send(request)
    } catch (cause) {
      this.#refusal = serializeError(cause)
      this.#emit()
      return refusedHandle(this.#refusal)
    }
  }

  clearRefusal(): void {
    this.#refusal = null
    this.#connection.player?.queue.clearRefusal()
    this.#emit()
  }

  /** Asks for the end of the session; no prompt when this browser holds its key. Resolves when the relay has stopped it: the state says `revoking` until the chain has. @throws PlaykeyError */
  async revoke(): Promise<void> {
    const session = this.#connection.view
    if (!session) throw new PlaykeyError('session_unknown')
    const { signWithOwner, actions } = this.#options
    this.#setRevoking(true)
    try {
      await requestRevocation({
        session,
        domain: this.#domain(),
        keyStore: await openKeyStore(),
        signWithOwner,
        revoke: actions.revoke,
      })
    } catch (error) {
      this.#setRevoking(false)
      throw error
    }
    const isCurrent = () => this.#connection.view?.id === session.id
    const isDone = () =>
      !isCurrent() || this.#connection.view?.status === 'revoked'
    const fetchView = () => this.#connection.fetch(session.id)
    void waitForRevocation(fetchView, isDone).then((ended) => {
      if (ended && isCurrent()) this.#connection.applyView(ended)
      this.#setRevoking(false)
    })
  }

  #domain() {
    const { chainId, sessionManager } = this.#options.config
    return { chainId, sessionManager }
  }

  #setRevoking(isRevoking: boolean): void {
    this.#isRevoking = isRevoking
    this.#emit()
  }

  #emit(): void {
    this.#snapshot = this.#take()
    for (const listener of this.#listeners) listener()
  }

  #take(): GameSessionSnapshot {
    const { view, player, keyStorage, clock } = this.#connection
    const { policy } = this.#options
    const nowMs = clock.nowMs()
    const isEnded = !view || view.status === 'revoked'
    const leftMs = isEnded ? null : endOf(view) * 1_000 - nowMs
    const state = this.#state()
    return {
      state,
      canExtend: isExtendable(state, view, this.#connection.hasKey),
      keyStorage,
      keyNotice: keyStorage === 'memory' ? MEMORY_NOTICE : null,
      connection: player?.queue.isOffline ? 'offline' : 'online',
      session: view,
      account: view?.account ?? null,
      remaining: remainingOf(policy, view, player?.queue.usage ?? null),
      timeLeftSeconds:
        leftMs === null ? null : Math.max(0, Math.ceil(leftMs / 1_000)),
      activity: this.#connection.activity,
      latency: player?.queue.latency ?? null,
      refusal: this.#refusal ?? player?.queue.refusal ?? this.#grantError(),
    }
  }

  #state(): GameSessionState {
    const { view, hasKey, isReady, pausedUntil, clock } = this.#connection
    return deriveGameState({
      ...{ view, hasKey, isReady, pausedUntil },
      isRevoking: this.#isRevoking,
      policyId: this.#options.policy.id,
      nowSeconds: clock.nowSeconds(),
    })
  }

  #grantError(): SerializedError | null {
    const error = this.#connection.view?.grantError
    return error ? errorOfReason(error, 'session_not_active') : null
  }
}
