import {
  generateKeyPairSync,
  type KeyObject,
  sign,
  webcrypto,
} from 'node:crypto'
import { bytesToHex, type Hex, hexToBytes, numberToHex } from 'viem'
import { signDigest } from '@/lib/client/p256-key'
import { callGasOf } from '@/lib/intent/call-gas'
import { expiryAt } from '@/lib/intent/expiry'
import type { Intent } from '@/lib/intent/intent'
import { toCallJson } from '@/lib/intent/intent-schema'
import { hashIntent } from '@/lib/intent/intent-typed-data'
import { normalizeP256Signature } from '@/lib/intent/normalize-signature'
import type { SigningDomain } from '@/lib/session/typed-data-domain'
import { moveCall } from './moves'

/** A signed move as it goes over the wire. */
export type Move = { id: Hex; text: string }

/** Gas that the studio set for a move. */
const MOVE_GAS = 120_000

/** One player's session and its key: makes signed moves, back and forth. */
export class Player {
  readonly publicKey: Hex
  readonly #secret: KeyObject
  readonly #domain: SigningDomain
  sessionId: Hex = '0x'
  account: Hex = '0x'
  /** Without a wall ahead, from where the player stands. */
  direction = 0
  #sequence = 0

  constructor(domain: SigningDomain) {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' })
    this.publicKey = bytesToHex(
      Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]),
    )
    this.#secret = pair.privateKey
    this.#domain = domain
  }

  /** The next move, signed natively: cheap, for making many ahead. */
  signMove(): Move {
    const intent = this.#nextMove()
    const id = hashIntent({ intent, ...this.#domain })
    const raw = sign('sha256', hexToBytes(id), {
      key: this.#secret,
      dsaEncoding: 'ieee-p1363',
    })
    return { id, text: this.#write(intent, normalizeP256Signature(raw)) }
  }

  /** A signer of the next moves that signs as browsers do, with WebCrypto. */
  async openBrowserSigner(): Promise<() => Promise<Move>> {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
    const jwk = this.#secret.export({ format: 'jwk' })
    const privateKey = await webcrypto.subtle.importKey(
      ...(['jwk', jwk, algorithm, false, ['sign']] as const),
    )
    const keys = { privateKey, publicKey: privateKey } as CryptoKeyPair
    return async () => {
      const intent = this.#nextMove()
      const id = hashIntent({ intent, ...this.#domain })
      const signature = await signDigest(keys, id)
      return { id, text: this.#write(intent, signature) }
    }
  }

  #nextMove(): Intent {
    const sequence = this.#sequence
    this.#sequence += 1
    const direction = (this.direction + (sequence % 2) * 2) % 4
    return {
      ...{ account: this.account, sessionId: this.sessionId },
      ...{ lane: 0, sequence, calls: [moveCall(direction)] },
      expiry: expiryAt(Math.floor(Date.now() / 1000)),
      callGas: callGasOf([MOVE_GAS]),
    }
  }

  #write({ account, calls, ...rest }: Intent, signature: Hex): string {
    const context = {
      ...{ ...rest, account: { address: account } },
      calls: calls.map(toCallJson),
    }
    const chainId = numberToHex(this.#domain.chainId)
    return JSON.stringify({
      ...{ jsonrpc: '2.0', id: rest.sequence },
      method: 'wallet_sendPreparedCalls',
      params: [{ chainId, context, signature }],
    })
  }
}
