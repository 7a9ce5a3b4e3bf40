import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import {
  type Address,
  bytesToHex,
  encodeFunctionData,
  type Hex,
  hexToBytes,
  numberToHex,
} from 'viem'
import {
  generatePrivateKey,
  type PrivateKeyAccount,
  privateKeyToAccount,
} from 'viem/accounts'
import { delveAddress, sessionManagerAddress } from '@/lib/contracts/addresses'
import { delveAbi } from '@/lib/contracts/generated/delve'
import type { Call, Intent } from '@/lib/intent/intent'
import { toCallJson } from '@/lib/intent/intent-schema'
import { hashIntent } from '@/lib/intent/intent-typed-data'
import { normalizeP256Signature } from '@/lib/intent/normalize-signature'
import type {
  GrantResult,
  NextSequenceResult,
  PreparedGrant,
} from '@/lib/rpc/session-methods'
import type { ChainClient } from '@/lib/server/chain/chain-client'
import { hashRevocation } from '@/lib/session/revocation-typed-data'
import type { SessionKey } from '@/lib/session/session'
import { LOCAL_CHAIN_ID } from '../stack/anvil'
import { readEvents } from './event-reader'
import type { IntentKind, Journal } from './journal'
import { type RelayHttp, type RpcAnswer, readStatuses } from './relay-http'

const domain = {
  chainId: LOCAL_CHAIN_ID,
  sessionManager: sessionManagerAddress,
}
const EXPIRY_SECONDS = 120
const CALL_GAS = 120_000
/** When no news of an intent comes for so long, the player asks. */
const ASK_AFTER_MS = 2_000

/** What a player needs of the world. */
export type World = {
  http: RelayHttp
  journal: Journal
  /** Straight to the node, past all proxies: only to see the board. */
  client: ChainClient
  policyId: Hex
}

/** What may differ from an ordinary intent. */
export type IntentChanges = {
  kind?: IntentKind
  calls?: Call[]
  lane?: number
  sequence?: number
  callGas?: number
  expirySeconds?: number
}

let players = 0

/** Someone in a browser: knows a wallet, a session key and the relay's HTTP interface, and nothing else of it. */
export class ChaosPlayer {
  readonly wallet: PrivateKeyAccount
  readonly #key: SessionKey
  readonly #secret: KeyObject
  readonly #world: World
  readonly #stop = new AbortController()
  /** Network address of its own, so that limits per address do not meet all players at once. */
  readonly from: string
  account: Address = '0x'
  sessionId: Hex = '0x'
  #sequence = 0
  #clockMs = 0
  #direction: number | null = null

  constructor(world: World) {
    this.#world = world
    this.wallet = privateKeyToAccount(generatePrivateKey())
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' })
    const point = [x, y].map((part) => Buffer.from(part, 'base64url'))
    this.#key = { scheme: 'p256', publicKey: bytesToHex(Buffer.concat(point)) }
    this.#secret = pair.privateKey
    players += 1
    this.from = `10.${players >> 16}.${(players >> 8) & 255}.${players & 255}`
  }

  /** Grants a session and listens for its news. */
  async enter(): Promise<void> {
    const { http, journal, policyId } = this.#world
    const prepared = await http.call<PreparedGrant>(
      'playkey_prepareGrant',
      [
        {
          ...{ owner: this.wallet.address, policyId, key: this.#key },
          durationSeconds: 3_600,
        },
      ],
      this.from,
    )
    const { session, owner, digest } = prepared
    const signature = await this.wallet.sign({ hash: digest })
    const result = await http.call<GrantResult>(
      'playkey_grant',
      [{ session, owner, signature }],
      this.from,
    )
    this.account = session.account
    this.sessionId = result.sessionId
    await this.resync()
    void readEvents({
      ...{ http, sessionId: this.sessionId, from: this.from },
      stop: this.#stop.signal,
      onEvent: (event) => {
        if (event.type === 'intent') journal.note(event.id, event, true)
      },
    })
  }

  /** Stops listening. */
  leave(): void {
    this.#stop.abort()
  }

  /** Asks for the next place of lane 0, and looks around. */
  async resync(): Promise<void> {
    const answer = await this.#world.http.call<NextSequenceResult>(
      'playkey_getNextSequence',
      [{ sessionId: this.sessionId, lane: 0 }],
      this.from,
    )
    this.#sequence = answer.sequence
    this.#clockMs = answer.serverTimeMs - Date.now()
    this.#direction = null
  }

  /** Steps back and forth, `size` intents in a request, and waits for their end. @returns ids that were acknowledged */
  async play(size: number, timeoutMs: number): Promise<Hex[]> {
    const intents: Intent[] = []
    for (let count = 0; count < size; count += 1)
      intents.push(this.sign(await this.step()))
    const ids = await this.send(intents, 'healthy')
    if (ids.length < size) await this.resync()
    await this.settle(ids, timeoutMs)
    return ids
  }

  /** An intent with the next sequence. */
  sign(changes: IntentChanges): Intent {
    const { lane = 0, calls = [], callGas = CALL_GAS } = changes
    const { expirySeconds = EXPIRY_SECONDS } = changes
    const sequence = changes.sequence ?? this.#sequence
    if (lane === 0) this.#sequence = sequence + 1
    const nowSeconds = Math.floor((Date.now() + this.#clockMs) / 1_000)
    return {
      ...{ account: this.account, sessionId: this.sessionId, lane, sequence },
      ...{ calls, callGas, expiry: nowSeconds + expirySeconds },
    }
  }

  /** Hands intents in, in one request, until each has an answer. @returns ids of those acknowledged */
  async send(intents: readonly Intent[], kind: IntentKind): Promise<Hex[]> {
    const { http, journal } = this.#world
    const signed = intents.map((intent) => this.#record(intent, kind))
    const answers = await http.ask(
      signed.map(({ call }) => call),
      this.from,
    )
    return signed.flatMap(({ id }, at) =>
      this.#conclude(journal, id, answers[at]) ? [id] : [],
    )
  }

  /** Waits for the end of each, by push, and asks where none comes. */
  async settle(ids: readonly Hex[], timeoutMs: number): Promise<void> {
    const { http, journal } = this.#world
    const deadline = Date.now() + timeoutMs
    for (const id of ids)
      while (!(await journal.whenSettled(id, ASK_AFTER_MS))) {
        if (Date.now() > deadline) return
        await readStatuses(http, journal, [id])
      }
    const isLeft = ids.some(
      (id) => journal.entries.get(id)?.status !== 'confirmed',
    )
    if (isLeft) await this.resync()
  }

  /** Asks the relay to end the session, signed by its key. */
  revoke(): Promise<unknown> {
    const digest = hashRevocation({
      ...{ account: this.account, sessionId: this.sessionId, ...domain },
    })
    return this.#world.http.call(
      'playkey_revoke',
      [
        {
          ...{ sessionId: this.sessionId, by: 'key' },
          signature: this.#signDigest(digest),
        },
      ],
      this.from,
    )
  }

  /** Hands one intent in. @returns its id, and the code of the refusal if it was refused */
  async sendOnce(intent: Intent): Promise<{ id: Hex; refusal: string | null }> {
    const { http, journal } = this.#world
    const { id, call } = this.#record(intent, 'healthy')
    const [answer] = await http.ask([call], this.from)
    this.#conclude(journal, id, answer)
    return { id, refusal: answer?.ok === false ? answer.code : null }
  }

  /** Calls that walk one step, back and forth. */
  async step(): Promise<{ calls: Call[] }> {
    this.#direction ??= await this.#openDirection()
    const calls = [moveTo(this.#direction)]
    this.#direction = (this.#direction + 2) % 4
    return { calls }
  }

  async #openDirection(): Promise<number> {
    for (const direction of [0, 1, 2, 3]) {
      const isOpen = await this.#world.client
        .call({ account: this.account, ...moveTo(direction) })
        .then(
          () => true,
          () => false,
        )
      if (isOpen) return direction
    }
    return 0
  }

  #record(intent: Intent, kind: IntentKind) {
    const id = hashIntent({ intent, ...domain })
    const signature = this.#signDigest(id)
    const { account, sessionId, lane, sequence, calls, ...terms } = intent
    this.#world.journal.add({
      ...{ id, kind, account, sessionId, lane, sequence, signature },
      ...{ sentMs: Date.now(), acknowledgedMs: null, refusal: null },
      ...{ settledMs: null, pushed: [], status: null, reason: null },
    })
    const context = {
      ...{ sessionId, lane, sequence, ...terms },
      account: { address: account },
      calls: calls.map(toCallJson),
    }
    const params = [
      { chainId: numberToHex(LOCAL_CHAIN_ID), context, signature },
    ]
    return { id, call: { method: 'wallet_sendPreparedCalls', params } }
  }

  #conclude(journal: Journal, id: Hex, answer: RpcAnswer | undefined): boolean {
    if (!answer) return false
    if (answer.ok) journal.acknowledge(id)
    else {
      const entry = journal.entries.get(id)
      if (entry) entry.refusal = answer.code
    }
    return answer.ok
  }

  #signDigest(digest: Hex): Hex {
    const raw = sign('sha256', hexToBytes(digest), {
      ...{ key: this.#secret, dsaEncoding: 'ieee-p1363' },
    })
    return normalizeP256Signature(raw)
  }
}

/** A call of Delve that walks in a direction. */
export function moveTo(direction: number): Call {
  const data = encodeFunctionData({
    ...{ abi: delveAbi, functionName: 'move', args: [direction] },
  })
  return { to: delveAddress, value: 0n, data }
}
