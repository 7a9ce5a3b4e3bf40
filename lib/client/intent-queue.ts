import type { Address, Hex } from 'viem'
import {
  type SerializedError,
  serializeError,
} from '@/lib/errors/action-result'
import { PlaykeyError } from '@/lib/errors/base-error'
import { evaluateIntent } from '@/lib/intent/evaluate-intent'
import type { Call } from '@/lib/intent/intent'
import type { Table } from '@/lib/permission/compile-terms'
import type { PermissionUsage } from '@/lib/permission/permission'
import type { SpendUsage } from '@/lib/permission/terms'
import type { SessionStatus } from '@/lib/session/session'
import {
  permissionUsageOf,
  type SessionUsage,
  spendUsageOf,
} from '@/lib/session/session-usage'
import type { SigningDomain } from '@/lib/session/typed-data-domain'
import type { ActivityEntry, IntentHandle } from './activity'
import { errorOfReason, isFinal, type QueueEntry } from './intent-entry'
import { IntentLog, type LogListeners } from './intent-log'
import { LaneSender } from './lane-sender'
import type { IntentReport, QueueTransport } from './queue-transport'
import type { ServerClock } from './server-clock'
import { type Charge, chargeBetween, noCharge } from './usage-ledger'

/** The session that a queue plays. */
export type QueueSession = {
  id: Hex
  account: Address
  status: SessionStatus
  /** Unix seconds, inclusive. */
  validAfter: number
  /** Unix seconds, exclusive. */
  validUntil: number
  /** Unix seconds; 0 = not paused. */
  pausedUntil: number
  /** What it may do. */
  table: Table
  /** What the chain has counted. */
  usage: SessionUsage
}

export type QueueOptions = LogListeners & {
  domain: SigningDomain
  session: QueueSession
  lane: number
  /** Signs with the session key. Never prompts. */
  sign: (digest: Hex) => Promise<Hex>
  transport: QueueTransport
  clock: ServerClock
  sleep?: (ms: number) => Promise<void>
}

/** Calls of one intent and how to show it. */
export type SendRequest = {
  calls: Call[]
  callGas: number
  /** Function signature of the first call. */
  action: string
  label?: string | null
}

/** What the rules of the contract say of an intent before it is signed. */
type Judgement =
  | { ok: true; charge: Charge }
  | { ok: false; refusal: SerializedError }

/** Ids per status request. */
const MAX_POLL = 50

/**
 * Plays one session on one lane: in order, many in flight, without ever prompting.
 * While a request is on its way further intents gather and go out together, so a held-down key never reorders. What the relay refuses takes back every optimistic effect that built on it; what could not be sent stays in the outbox with its signature.
 */
export class IntentQueue {
  readonly #options: QueueOptions
  readonly #log: IntentLog
  readonly #sender: LaneSender
  #session: QueueSession
  #isClosed = false
  #isPolling = false

  constructor(options: QueueOptions) {
    const { session, lane } = options
    this.#options = options
    this.#session = session
    const prefix = `${session.id.slice(2, 10)}-${lane}`
    this.#log = new IntentLog(prefix, session, options)
    this.#sender = new LaneSender({
      domain: options.domain,
      sessionId: session.id,
      account: session.account,
      lane,
      sign: options.sign,
      transport: options.transport,
      clock: options.clock,
      log: this.#log,
      onError: (error) => this.#learn(error),
      onConnection: () => options.onChange?.(),
      sleep: options.sleep,
    })
  }

  /** Newest first, at most a hundred. */
  get activity(): ActivityEntry[] {
    return this.#log.activity
  }

  get latency() {
    return this.#log.latency
  }

  /** Why the last refused intent was refused, until it is cleared. */
  get refusal(): SerializedError | null {
    return this.#log.refusal
  }

  /** Whether the relay cannot be reached. Intents wait in the outbox meanwhile. */
  get isOffline(): boolean {
    return this.#sender.isOffline
  }

  /** Use of every permission, as if everything on its way lands. */
  get usage(): PermissionUsage[] {
    const { table } = this.#session
    return permissionUsageOf(table, this.#log.usage, this.#usageClock())
  }

  /** Use of every spend limit, as if everything on its way lands: of tokens what the calls name. */
  get spends(): SpendUsage[] {
    const { table } = this.#session
    return spendUsageOf(table, this.#log.usage, this.#usageClock())
  }

  /** Whether anything is unsent or unsettled. */
  get isBusy(): boolean {
    return this.#log.isBusy
  }

  clearRefusal(): void {
    this.#log.clearRefusal()
  }

  /** Takes over what the chain says about the session. Use is taken over only when nothing is on its way, so that nothing counts twice. */
  update(session: QueueSession): void {
    this.#session = session
    this.#log.resetUsage(session.usage)
  }

  /** Stops sending. Unsent intents are rolled back. */
  close(): void {
    this.#isClosed = true
    this.#sender.close()
    this.#log.rollBackUnsent(serializeError(new PlaykeyError('rolled_back')))
  }

  /** Tries the outbox at once, for when the browser says that it is online again. */
  retryNow(): void {
    this.#sender.retryNow()
  }

  /** Takes an intent in and returns at once. Refuses by the rules of the contract before anything is signed. */
  send(request: SendRequest): IntentHandle {
    const { calls, callGas, action, label = null } = request
    const verdict = this.#judge(request)
    const charge = verdict.ok ? verdict.charge : noCharge
    const added = this.#log.add({ calls, callGas, charge, action, label })
    if (!verdict.ok) {
      this.#log.refuseNew(added.entry, verdict.refusal)
      return added.handle
    }
    this.#log.charge(charge)
    void this.#sender.pump()
    return added.handle
  }

  /**
   * News about an intent, from the event stream or from polling, in the order of their happening. Repeated news change
   * nothing; of a settled intent the only news is that it is on its way again, because its block was undone.
   * @returns whether the intent is one of this queue's
   */
  receive(report: IntentReport): boolean {
    const entry = this.#log.find(report.id)
    if (!entry) return false
    const { status, blockNumber, isFinal: isSure } = report
    if (!isFinal(entry.view.status)) this.#settle(entry, report)
    else if (status === 'queued' || status === 'submitted') {
      if (entry.view.blockNumber !== null) this.#log.reopen(entry, status)
      return true
    }
    if (isFinal(entry.view.status) && blockNumber !== null)
      this.#log.set(entry, {
        ...{ blockNumber, isFinal: entry.view.isFinal || isSure },
      })
    return true
  }

  /** What blocks up to this one settled is not taken back any more. */
  noteFinal(blockNumber: number): void {
    this.#log.noteFinal(blockNumber)
  }

  /** Asks the relay about acknowledged intents that have been silent for `olderThanMs`; with 0, news may have been missed, so also about those that may have been taken back. @throws when the relay cannot be reached. */
  async poll(olderThanMs: number): Promise<void> {
    const included = olderThanMs === 0 ? this.#log.includedIds() : []
    const open = this.#log.openIds(olderThanMs)
    const ids = [...open, ...included].slice(0, MAX_POLL)
    if (ids.length === 0 || this.#isPolling) return
    this.#isPolling = true
    try {
      const reports = await this.#options.transport.getReports(ids)
      // What was on its way when it was asked for may have landed since: then the answer is old.
      for (const report of reports)
        if (included.includes(report.id) || !this.#isSettled(report.id))
          this.receive(report)
    } finally {
      this.#isPolling = false
    }
  }

  #isSettled(id: Hex): boolean {
    const status = this.#log.find(id)?.view.status
    return status !== undefined && isFinal(status)
  }

  #settle(entry: QueueEntry, report: IntentReport): void {
    const { status, txHash, reason } = report
    switch (status) {
      case 'queued':
      case 'submitted':
        this.#log.set(entry, { status, txHash })
        return
      case 'confirmed':
        if (this.#session.status === 'pending') {
          this.#session = { ...this.#session, status: 'active' }
        }
        this.#log.confirm(entry, txHash)
        return
      case 'reverted':
        this.#log.revert(entry, errorOfReason(reason, 'call_reverted'), txHash)
        return
      case 'rejected': {
        const error = errorOfReason(reason, 'would_revert')
        this.#learn(error)
        this.#sender.resync(error.code)
        this.#log.reject(entry, error, txHash)
      }
    }
  }

  #usageClock() {
    const { validAfter } = this.#session
    return { nowSeconds: this.#options.clock.nowSeconds(), validAfter }
  }

  #judge({ calls, callGas }: SendRequest): Judgement {
    if (this.#isClosed) {
      const error = new PlaykeyError('session_not_active')
      return { ok: false, refusal: serializeError(error) }
    }
    const { clock, lane } = this.#options
    const { account, table, pausedUntil } = this.#session
    const nowSeconds = clock.nowSeconds()
    const usage = this.#log.usage
    const verdict = evaluateIntent({
      session: {
        ...this.#session,
        usage,
        // The place in the lane is given when it is signed.
        nextSequence: () => 0,
      },
      intent: {
        ...{ account, lane, sequence: 0, calls, callGas },
        expiry: nowSeconds + 1,
      },
      nowSeconds,
      pausedUntil,
    })
    return verdict.ok
      ? { ok: true, charge: chargeBetween(table, usage, verdict.usage) }
      : { ok: false, refusal: serializeError(verdict.error) }
  }

  /** Remembers what a refusal says about session and time, so that the next intent is refused here already. */
  #learn({ code, details }: SerializedError): void {
    if (typeof details?.nowSeconds === 'number') {
      this.#options.clock.atLeast(details.nowSeconds)
    }
    if (code === 'policy_paused' && typeof details?.pausedUntil === 'number') {
      const { pausedUntil } = details
      this.#session = { ...this.#session, pausedUntil }
    }
    if (code === 'session_revoked' || code === 'session_revoking') {
      this.#session = { ...this.#session, status: 'revoked' }
    }
  }
}
