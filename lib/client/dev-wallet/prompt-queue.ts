import type { Address } from 'viem'
import type { DevIdentity, DevStorage } from './dev-identity'

/** Typed data as it came from the site, parsed but not trusted. */
export type PromptTypedData = {
  domain: Record<string, unknown>
  types: Record<string, { name: string; type: string }[]>
  primaryType: string
  message: Record<string, unknown>
}

/** What the wallet asks its owner. */
export type PromptRequest =
  | { kind: 'connect' }
  | { kind: 'message'; address: Address; text: string }
  | { kind: 'typed-data'; address: Address; typedData: PromptTypedData }

/** A request on screen. */
export type Prompt = PromptRequest & { id: number }

/** Snapshot for the sheet. The same object until something changes. */
export type PromptState = {
  current: Prompt | null
  /** Prompts shown so far, kept over reloads of the tab. */
  count: number
}

type Waiting = {
  prompt: Prompt
  answer: (identity: DevIdentity | null) => void
}

const COUNT_KEY = 'playkey.dev-wallet.prompts'

/** Requests of the development wallet, one at a time, counted: this counter is how silence is proven. */
export class PromptQueue {
  readonly #storage: DevStorage | null
  readonly #listeners = new Set<() => void>()
  #waiting: Waiting[] = []
  #nextId = 1
  #state: PromptState

  constructor(storage: DevStorage | null) {
    this.#storage = storage
    const stored = Number(storage?.getItem(COUNT_KEY) ?? 0)
    const count = Number.isSafeInteger(stored) && stored > 0 ? stored : 0
    this.#state = { current: null, count }
  }

  get state(): PromptState {
    return this.#state
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Shows a request. @returns the identity that confirmed (`connect`), any identity for other kinds, null when rejected. */
  ask(request: PromptRequest): Promise<DevIdentity | null> {
    return new Promise((answer) => {
      const prompt: Prompt = { ...request, id: this.#nextId }
      this.#nextId += 1
      this.#waiting.push({ prompt, answer })
      const count = this.#state.count + 1
      this.#storage?.setItem(COUNT_KEY, String(count))
      this.#update(count)
    })
  }

  /** Confirms the request on screen. */
  confirm(id: number, identity: DevIdentity = 'new'): void {
    this.#finish(id, identity)
  }

  /** Rejects the request on screen. */
  reject(id: number): void {
    this.#finish(id, null)
  }

  #finish(id: number, identity: DevIdentity | null): void {
    const [first, ...rest] = this.#waiting
    if (first?.prompt.id !== id) return
    this.#waiting = rest
    this.#update(this.#state.count)
    first.answer(identity)
  }

  #update(count: number): void {
    this.#state = { current: this.#waiting[0]?.prompt ?? null, count }
    for (const listener of this.#listeners) listener()
  }
}
