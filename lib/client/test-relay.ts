import { P256 } from 'ox'
import { type Hex, sha256 } from 'viem'
import { serializeError } from '@/lib/errors/action-result'
import { PlaykeyError } from '@/lib/errors/base-error'
import { evaluateIntent } from '@/lib/intent/evaluate-intent'
import type { SignedIntent } from '@/lib/intent/intent'
import { hashIntent } from '@/lib/intent/intent-typed-data'
import type { SigningDomain } from '@/lib/session/typed-data-domain'
import type { QueueSession } from './intent-queue'
import type {
  IntentReport,
  QueueTransport,
  SendResult,
} from './queue-transport'
import type { ServerClock } from './server-clock'

const confirmed = (id: Hex): IntentReport => ({
  ...{ id, status: 'confirmed', reason: null, txHash: id },
  ...{ blockNumber: 1, isFinal: false },
})

/** The relay's admission rules in this process, for tests of the queue: real signatures, real order, real limits. `settle` stands for the chain. */
export class TestRelay implements QueueTransport {
  readonly admitted: { id: Hex; signed: SignedIntent }[] = []
  readonly batchSizes: number[] = []
  readonly domain: SigningDomain
  readonly publicKey: Hex
  session: QueueSession
  nowSeconds = 1_800_000_000
  /** Set right by every answer that tells the time. */
  clock: ServerClock | null = null
  /** While set, every request fails with it. */
  outage: Error | null = null
  /** Takes the request in but loses the answer. */
  losesAnswers = false
  /** Runs before a request is looked at. */
  onRequest: () => Promise<void> = async () => undefined
  /** What is known of some intents; of all others that they landed. */
  readonly reports = new Map<Hex, IntentReport>()
  readonly #next = new Map<number, number>()

  constructor(domain: SigningDomain, session: QueueSession, publicKey: Hex) {
    this.domain = domain
    this.session = session
    this.publicKey = publicKey
  }

  async sendIntents(intents: readonly SignedIntent[]): Promise<SendResult[]> {
    await this.onRequest()
    if (this.outage) throw this.outage
    this.batchSizes.push(intents.length)
    const results = intents.map((signed) => this.#admit(signed))
    if (this.losesAnswers) throw new PlaykeyError('connection_lost')
    return results
  }

  async getNextSequence(_sessionId: Hex, lane: number): Promise<number> {
    if (this.outage) throw this.outage
    this.clock?.sync(this.nowSeconds * 1_000)
    return this.#next.get(lane) ?? 0
  }

  async getReports(ids: readonly Hex[]): Promise<IntentReport[]> {
    if (this.outage) throw this.outage
    return ids.map((id) => this.reports.get(id) ?? confirmed(id))
  }

  /** Another client of the same lane was faster. */
  takeSequence(lane: number): void {
    this.#next.set(lane, (this.#next.get(lane) ?? 0) + 1)
  }

  /** The lane goes on from `sequence`, as after a rejection. */
  rewind(lane: number, sequence: number): void {
    this.#next.set(lane, sequence)
  }

  #admit(signed: SignedIntent): SendResult {
    const { intent, signature } = signed
    const id = hashIntent({ intent, ...this.domain })
    if (this.admitted.some((known) => known.id === id)) return { ok: true, id }
    const verdict = evaluateIntent({
      session: {
        ...this.session,
        nextSequence: (lane) => this.#next.get(lane) ?? 0,
      },
      intent,
      nowSeconds: this.nowSeconds,
      pausedUntil: this.session.pausedUntil,
    })
    const error = verdict.ok
      ? this.#isSigned(id, signature)
        ? null
        : new PlaykeyError('invalid_signature')
      : verdict.error
    if (error) return { ok: false, error: serializeError(error) }
    if (verdict.ok) this.session = { ...this.session, usage: verdict.usage }
    this.#next.set(intent.lane, intent.sequence + 1)
    this.admitted.push({ id, signed })
    return { ok: true, id }
  }

  #isSigned(digest: Hex, signature: Hex): boolean {
    return P256.verify({
      payload: sha256(digest),
      publicKey: `0x04${this.publicKey.slice(2)}`,
      signature: {
        r: `0x${signature.slice(2, 66)}`,
        s: `0x${signature.slice(66)}`,
      },
    })
  }
}
