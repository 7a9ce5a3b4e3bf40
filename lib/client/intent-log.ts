import type { Hash, Hex } from 'viem'
import type { SerializedError } from '@/lib/errors/action-result'
import type { Table } from '@/lib/permission/compile-terms'
import type { SessionUsage } from '@/lib/session/session-usage'
import {
  type ActivityEntry,
  type IntentHandle,
  type IntentOutcome,
  MAX_ACTIVITY,
  type Rollback,
} from './activity'
import { isFinal, isUnsent, type QueueEntry } from './intent-entry'
import { LatencyWindow } from './latency-window'
import { type Charge, UsageLedger } from './usage-ledger'

/** Whom a log tells. */
export type LogListeners = {
  /** Something visible changed. */
  onChange?: (() => void) | undefined
  /** Optimistic effects must be undone. */
  onRollback?: ((rollback: Rollback) => void) | undefined
  /** An intent landed after so many milliseconds. */
  onLatency?: ((latencyMs: number) => void) | undefined
  /** An intent was refused, here or by the relay. */
  onRefusal?: ((error: SerializedError) => void) | undefined
  /** Monotonic milliseconds. */
  nowMs?: (() => number) | undefined
}

/** An entry before it is taken in. */
export type NewEntry = Pick<QueueEntry, 'calls' | 'callGas' | 'charge'> & {
  action: string
  label: string | null
}

/** Intents of one lane in the order of their key presses, with what they use and how they ended. */
export class IntentLog {
  readonly #listeners: LogListeners
  readonly #entries: QueueEntry[] = []
  readonly #ledger: UsageLedger
  readonly #latency = new LatencyWindow()
  readonly #prefix: string
  #refusal: SerializedError | null = null
  /** How many intents there were when the last refusal came. */
  #refusedAt = 0
  #count = 0

  constructor(
    prefix: string,
    { table, usage }: { table: Table; usage: SessionUsage },
    listeners: LogListeners,
  ) {
    this.#prefix = prefix
    this.#ledger = new UsageLedger(table, usage)
    this.#listeners = listeners
  }

  get latency() {
    return this.#latency.summary()
  }

  get refusal(): SerializedError | null {
    return this.#refusal
  }

  get usage(): SessionUsage {
    return this.#ledger.optimistic()
  }

  get isBusy(): boolean {
    return this.#entries.some((entry) => !isFinal(entry.view.status))
  }

  get activity(): ActivityEntry[] {
    return this.#entries
      .slice(-MAX_ACTIVITY)
      .reverse()
      .map((entry) => entry.view)
  }

  /** Not yet acknowledged, oldest first. */
  get unsent(): QueueEntry[] {
    return this.#entries.filter((entry) => isUnsent(entry.view.status))
  }

  find(id: Hex): QueueEntry | null {
    return this.#entries.find(({ view }) => view.id === id) ?? null
  }

  /** Ids of acknowledged intents that have been on their way for at least `ageMs`. */
  openIds(ageMs: number): Hex[] {
    const now = this.nowMs()
    return this.#entries.flatMap(({ view, startedMs }) => {
      const isOpen = view.status === 'queued' || view.status === 'submitted'
      return isOpen && view.id && now - startedMs >= ageMs ? [view.id] : []
    })
  }

  /** Ids of intents that are settled in blocks which may still be undone. */
  includedIds(): Hex[] {
    return this.#entries.flatMap(({ view }) =>
      view.id && view.blockNumber !== null && !view.isFinal ? [view.id] : [],
    )
  }

  /** What blocks up to this one settled is final. */
  noteFinal(blockNumber: number): void {
    for (const entry of this.#entries) {
      const { blockNumber: settledIn, isFinal: isKnown } = entry.view
      if (settledIn === null || isKnown || settledIn > blockNumber) continue
      entry.view = { ...entry.view, isFinal: true }
    }
    this.#changed()
  }

  /** The block that had settled it was undone: it is on its way again, and counts as such. */
  reopen(entry: QueueEntry, status: 'queued' | 'submitted'): void {
    if (entry.view.status === 'confirmed') this.#ledger.reopen(entry.charge)
    else this.#ledger.charge(entry.charge)
    this.set(entry, {
      ...{ status, txHash: null, blockNumber: null, reason: null },
    })
  }

  nowMs(): number {
    return this.#listeners.nowMs?.() ?? performance.now()
  }

  clearRefusal(): void {
    this.#refusal = null
    this.#changed()
  }

  resetUsage(usage: SessionUsage): void {
    if (!this.isBusy) this.#ledger.reset(usage)
    this.#changed()
  }

  add({ action, label, ...parts }: NewEntry): {
    entry: QueueEntry
    handle: IntentHandle
  } {
    this.#count += 1
    let settle: (outcome: IntentOutcome) => void = () => undefined
    const settled = new Promise<IntentOutcome>((resolve) => {
      settle = resolve
    })
    const view: ActivityEntry = {
      key: `${this.#prefix}-${this.#count}`,
      id: null,
      action,
      label,
      status: 'signing',
      latencyMs: null,
      txHash: null,
      blockNumber: null,
      isFinal: false,
      reason: null,
      sentAt: Date.now(),
    }
    const startedMs = this.nowMs()
    const entry = {
      ...parts,
      order: this.#count,
      view,
      startedMs,
      signed: null,
      resigned: 0,
      settle,
    }
    this.#entries.push(entry)
    this.#forgetOld()
    return { entry, handle: { key: view.key, sentAt: view.sentAt, settled } }
  }

  charge(charge: Charge): void {
    this.#ledger.charge(charge)
    this.#changed()
  }

  set(entry: QueueEntry, change: Partial<ActivityEntry>): void {
    entry.view = { ...entry.view, ...change }
    this.#changed()
  }

  confirm(entry: QueueEntry, txHash: Hash | null): void {
    const first = entry.view.latencyMs
    const latencyMs = first ?? Math.round(this.nowMs() - entry.startedMs)
    this.#ledger.confirm(entry.charge)
    // What came after the refusal works again: it is resolved.
    if (entry.order > this.#refusedAt) this.#refusal = null
    // One that was taken back and landed again was fast, or not, the first time.
    if (first === null) {
      this.#latency.add(latencyMs)
      this.#listeners.onLatency?.(latencyMs)
    }
    this.#finish(entry, 'confirmed', { txHash, latencyMs })
  }

  /** Refused before it was taken in: nothing was charged. */
  refuseNew(entry: QueueEntry, error: SerializedError): void {
    this.#setRefusal(error)
    this.#finish(entry, 'refused', { reason: error })
  }

  /** Refused by the relay: undoes it and everything unsent that built on it. */
  refuse(entry: QueueEntry, error: SerializedError): void {
    this.#setRefusal(error)
    this.#ledger.release(entry.charge)
    this.#finish(entry, 'refused', { reason: error })
    this.rollBackUnsent(error, [entry.view.key])
  }

  /** Rejected on the way to the chain: like a refusal. What was acknowledged after it gets news of its own. */
  reject(entry: QueueEntry, error: SerializedError, txHash: Hash | null): void {
    const isConsequence = error.code === 'sequence_ahead' && this.#refusal
    if (!isConsequence) this.#setRefusal(error)
    this.#ledger.release(entry.charge)
    this.#finish(entry, 'rejected', { reason: error, txHash })
    this.rollBackUnsent(error, [entry.view.key])
  }

  /** Failed inside the game. Its place in the lane is used, so what came after it still counts. */
  revert(entry: QueueEntry, error: SerializedError, txHash: Hash | null): void {
    this.#setRefusal(error)
    this.#ledger.release(entry.charge)
    this.#finish(entry, 'reverted', { reason: error, txHash })
    this.#listeners.onRollback?.({ keys: [entry.view.key], reason: error })
  }

  /** Undoes everything that was not acknowledged. `keys` are undone already and only announced. */
  rollBackUnsent(reason: SerializedError, keys: string[] = []): void {
    const entries = this.unsent
    for (const entry of entries) {
      this.#ledger.release(entry.charge)
      this.#finish(entry, 'rolled_back', { reason })
    }
    const all = [...keys, ...entries.map((entry) => entry.view.key)]
    if (all.length > 0) this.#listeners.onRollback?.({ keys: all, reason })
  }

  #setRefusal(error: SerializedError): void {
    this.#refusal = error
    this.#refusedAt = this.#count
    this.#listeners.onRefusal?.(error)
  }

  #finish(
    entry: QueueEntry,
    status: IntentOutcome['status'],
    change: Partial<ActivityEntry>,
  ): void {
    this.set(entry, { ...change, status })
    const { id, txHash, latencyMs, reason: error } = entry.view
    entry.settle({ status, id, txHash, latencyMs, error })
  }

  #forgetOld(): void {
    while (this.#entries.length > 2 * MAX_ACTIVITY) {
      const [oldest] = this.#entries
      if (!oldest || !isFinal(oldest.view.status)) return
      this.#entries.shift()
    }
  }

  #changed(): void {
    this.#listeners.onChange?.()
  }
}
