import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import {
  type Address,
  bytesToHex,
  encodeFunctionData,
  type Hex,
  hexToBytes,
} from 'viem'
import {
  generatePrivateKey,
  type PrivateKeyAccount,
  privateKeyToAccount,
} from 'viem/accounts'
import { delveAddress } from '@/lib/contracts/addresses'
import { delveAbi } from '@/lib/contracts/generated/delve'
import type { Intent } from '@/lib/intent/intent'
import { hashIntent } from '@/lib/intent/intent-typed-data'
import {
  normalizeP256Signature,
  P256_ORDER,
} from '@/lib/intent/normalize-signature'
import type { Terms } from '@/lib/permission/terms'
import { toTermsJson } from '@/lib/permission/terms-json'
import type { UnsignedGrant } from '@/lib/rpc/session-methods'
import { readChainSeconds } from '@/lib/server/chain/clock'
import { getDeployment } from '@/lib/server/chain/deployment'
import { getChainClient } from '@/lib/server/chain/server-chain'
import { getDatabase } from '@/lib/server/db/database'
import { admitIntent } from '@/lib/server/relay/admission/admit-intent'
import { findGameForPlay } from '@/lib/server/session/get-game'
import { prepareGrant } from '@/lib/server/session/prepare-grant'
import { prepareRenewal } from '@/lib/server/session/prepare-renewal'
import { submitGrant } from '@/lib/server/session/submit-grant'
import {
  hashRevocation,
  revocationTypedData,
} from '@/lib/session/revocation-typed-data'
import type { Session, SessionKey } from '@/lib/session/session'
import { fromSessionJson } from '@/lib/session/session-json'
import { sessionTypedData } from '@/lib/session/session-typed-data'
import { sessionsTypedData } from '@/lib/session/sessions-typed-data'

/** A player with a wallet and a P-256 session key, who plays Delve through the services. */
export class TestPlayer {
  readonly wallet: PrivateKeyAccount
  readonly key: SessionKey
  readonly #secret: KeyObject
  session: Session | null = null
  sessionId: Hex = '0x'
  sequence = 0
  #direction: number | null = null
  /** Turns around once it is admitted. */
  #lastStep: Intent | null = null

  /** @param wallet Of another session of the same player. */
  constructor(wallet = privateKeyToAccount(generatePrivateKey())) {
    this.wallet = wallet
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' })
    const point = Buffer.concat([
      Buffer.from(x, 'base64url'),
      Buffer.from(y, 'base64url'),
    ])
    this.key = { scheme: 'p256', publicKey: bytesToHex(point) }
    this.#secret = pair.privateKey
  }

  /** Grants a session of Delve's newest policy. @param endedSessionIds Sessions that end with the same signature. */
  async grant(
    durationSeconds = 3_600,
    endedSessionIds: Hex[] = [],
  ): Promise<void> {
    const game = await findGameForPlay('delve')
    const policyId = game?.policy?.id
    if (!policyId) throw new Error('Delve has no policy')
    const prepared = await prepareGrant({
      ...{ owner: this.wallet.address, policyId, key: this.key },
      ...{ durationSeconds, endedSessionIds },
    })
    await this.submit(prepared, endedSessionIds)
  }

  /** Grants a session of Delve's newest policy with terms of its own. */
  async grantTerms(terms: Terms): Promise<void> {
    const game = await findGameForPlay('delve')
    const policyId = game?.policy?.id
    if (!policyId) throw new Error('Delve has no policy')
    const prepared = await prepareGrant({
      ...{ owner: this.wallet.address, policyId, key: this.key },
      durationSeconds: 3_600,
    })
    const session = { ...prepared.session, terms: toTermsJson(terms) }
    await this.submit({ ...prepared, session })
  }

  /** Signs a later end of the session and hands it in. */
  async renew(durationSeconds: number): Promise<void> {
    const { sessionId } = this
    await this.submit(await prepareRenewal({ sessionId, durationSeconds }))
  }

  /** Signs a session as the owner and hands it in. @param ended Ids of the sessions in its batch. */
  async submit(unsigned: UnsignedGrant, ended: Hex[] = []): Promise<void> {
    const { session, owner, batch } = unsigned
    this.session = fromSessionJson(session)
    const { chainId, sessionManager } = getDeployment()
    const domain = { chainId, sessionManager }
    const signature = batch
      ? await this.wallet.signTypedData(
          sessionsTypedData({ sessions: [this.session], ended, ...domain }),
        )
      : await this.wallet.signTypedData(
          sessionTypedData({ session: this.session, ...domain }),
        )
    const signed = { session, owner, signature }
    const result = await submitGrant(batch ? { ...signed, batch } : signed)
    this.sessionId = result.sessionId
  }

  get account(): Address {
    if (!this.session) throw new Error('not granted yet')
    return this.session.account
  }

  /** A direction without a wall ahead, from where the player stands now. */
  async openDirection(): Promise<number> {
    for (const direction of [0, 1, 2, 3]) {
      const data = moveData(direction)
      const isOpen = await getChainClient()
        .call({ account: this.account, to: delveAddress, data })
        .then(
          () => true,
          () => false,
        )
      if (isOpen) return direction
    }
    throw new Error('walled in')
  }

  /** An unsigned step to an open neighbour, where moving back and forth never meets a wall. */
  async step(changes: Partial<Intent> = {}): Promise<Intent> {
    this.#direction ??= await this.openDirection()
    this.#lastStep = await this.move(this.#direction, changes)
    return this.#lastStep
  }

  /** An unsigned move with the next sequence of lane 0. */
  async move(
    direction: number,
    changes: Partial<Intent> = {},
  ): Promise<Intent> {
    const data = moveData(direction)
    return {
      account: this.account,
      sessionId: this.sessionId,
      lane: 0,
      sequence: this.sequence,
      calls: [{ to: delveAddress, value: 0n, data }],
      expiry: (await readChainSeconds(getDatabase())) + 120,
      callGas: 120_000,
      ...changes,
    }
  }

  /** An unsigned minting of a relic with the next sequence of lane 0. */
  async mint(relicId: bigint, changes: Partial<Intent> = {}): Promise<Intent> {
    const data = encodeFunctionData({
      ...{ abi: delveAbi, functionName: 'mint', args: [relicId] },
    })
    const calls = [{ to: delveAddress, value: 0n, data }]
    return { ...(await this.move(0)), calls, ...changes }
  }

  /** Signature of the session key over any digest, as the relay and the contract take it. */
  sign(digest: Hex): Hex {
    const raw = sign('sha256', hexToBytes(digest), {
      key: this.#secret,
      dsaEncoding: 'ieee-p1363',
    })
    return normalizeP256Signature(raw)
  }

  signIntent(intent: Intent): Hex {
    return this.sign(hashIntent({ intent, ...getDeployment() }))
  }

  /** The same signature in the form that WebCrypto gives half of the time and the contract refuses. */
  signIntentWithHighS(intent: Intent): Hex {
    const signature = this.signIntent(intent)
    const s = P256_ORDER - BigInt(`0x${signature.slice(66)}`)
    return `${signature.slice(0, 66) as Hex}${s.toString(16).padStart(64, '0')}`
  }

  /** Hands an intent with any signature to admission. */
  admit(intent: Intent, signature: Hex): Promise<Hex> {
    return admitIntent(
      { database: getDatabase(), ...getDeployment() },
      { intent, signature },
    )
  }

  /** Hands an intent to admission and counts its sequence as used. */
  async send(intent: Intent): Promise<Hex> {
    const id = await this.admit(intent, this.signIntent(intent))
    this.sequence = intent.sequence + 1
    if (this.#direction !== null && this.#isStep(intent))
      this.#direction = (this.#direction + 2) % 4
    return id
  }

  /** Whether it is the step made last, perhaps with bytes that the game ignores. */
  #isStep({ sequence, calls }: Intent): boolean {
    const step = this.#lastStep
    const data = step?.calls[0]?.data
    if (!step || !data || sequence !== step.sequence) return false
    return calls[0]?.data.startsWith(data) === true
  }

  /** Signed revocation, by the key or by the owner. */
  async signRevocation(by: 'owner' | 'key'): Promise<Hex> {
    const input = {
      ...{ account: this.account, sessionId: this.sessionId },
      ...getDeployment(),
    }
    return by === 'key'
      ? this.sign(hashRevocation(input))
      : this.wallet.signTypedData(revocationTypedData(input))
  }
}

function moveData(direction: number): Hex {
  return encodeFunctionData({
    abi: delveAbi,
    functionName: 'move',
    args: [direction],
  })
}

/** Waits until the intent is settled and returns its row. */
export async function settled(id: Hex, timeoutMs = 15_000) {
  const { prisma } = getDatabase()
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const row = await prisma.intent.findUniqueOrThrow({ where: { id } })
    if (row.status !== 'queued' && row.status !== 'submitted') return row
    if (Date.now() > deadline) throw new Error(`intent is still ${row.status}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
