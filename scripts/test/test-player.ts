import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import {
  type Address,
  bytesToHex,
  encodeFunctionData,
  type Hex,
  hexToBytes,
} from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { delveAddress } from '@/lib/contracts/addresses'
import { delveAbi } from '@/lib/contracts/generated/delve'
import type { Intent } from '@/lib/intent/intent'
import { hashIntent } from '@/lib/intent/intent-typed-data'
import {
  normalizeP256Signature,
  P256_ORDER,
} from '@/lib/intent/normalize-signature'
import { readChainSeconds } from '@/lib/server/chain/clock'
import { getDeployment } from '@/lib/server/chain/deployment'
import { getChainClient } from '@/lib/server/chain/server-chain'
import { getDatabase } from '@/lib/server/db/database'
import { admitIntent } from '@/lib/server/relay/admit-intent'
import { findGameForPlay } from '@/lib/server/session/get-game'
import { prepareGrant } from '@/lib/server/session/prepare-grant'
import { submitGrant } from '@/lib/server/session/submit-grant'
import {
  hashRevocation,
  revocationTypedData,
} from '@/lib/session/revocation-typed-data'
import type { Session, SessionKey } from '@/lib/session/session'
import { fromSessionJson } from '@/lib/session/session-json'
import { sessionTypedData } from '@/lib/session/session-typed-data'

/** A player with a wallet and a P-256 session key, who plays Delve through the services. */
export class TestPlayer {
  readonly wallet = privateKeyToAccount(generatePrivateKey())
  readonly key: SessionKey
  readonly #secret: KeyObject
  session: Session | null = null
  sessionId: Hex = '0x'
  sequence = 0
  #direction: number | null = null

  constructor() {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' })
    const point = Buffer.concat([
      Buffer.from(x, 'base64url'),
      Buffer.from(y, 'base64url'),
    ])
    this.key = { scheme: 'p256', publicKey: bytesToHex(point) }
    this.#secret = pair.privateKey
  }

  /** Grants a session of Delve's newest policy. */
  async grant(durationSeconds = 3_600): Promise<void> {
    const game = await findGameForPlay('delve')
    const policyId = game?.policy?.id
    if (!policyId) throw new Error('Delve has no policy')
    const prepared = await prepareGrant({
      ...{ owner: this.wallet.address, policyId, key: this.key },
      durationSeconds,
    })
    this.session = fromSessionJson(prepared.session)
    const signature = await this.wallet.signTypedData(
      sessionTypedData({ session: this.session, ...getDeployment() }),
    )
    const result = await submitGrant({ ...prepared, signature })
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
    const intent = await this.move(this.#direction, changes)
    this.#direction = (this.#direction + 2) % 4
    return intent
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
    return id
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
