// Collects vectors whose answer another implementation confirms.
import { createPublicKey, verify } from 'node:crypto'
import { P256 } from 'ox'
import { type Hex, numberToHex } from 'viem'
import { n, type Vector } from './curve'
import { word } from './sign'

class Vectors {
  readonly valid: Record<string, Hex> = {}
  readonly invalid: Record<string, Hex> = {}

  constructor(readonly accepts: (vector: Vector) => boolean) {}

  add(valid: boolean, comment: string, vector: Vector): void {
    if (this.accepts(vector) !== valid) throw new Error(comment)
    const list = valid ? this.valid : this.invalid
    if (comment in list) throw new Error(`twice: ${comment}`)
    const { message, r, s, key } = vector
    list[comment] = concat([message, r, s, key.x, key.y])
  }
}

export function concat(words: readonly bigint[]): Hex {
  return `0x${words.map((value) => numberToHex(value, { size: 32 }).slice(2)).join('')}`
}

function opensslAccepts({ message, r, s, key }: Vector): boolean {
  const encode = (part: bigint) => Buffer.from(word(part)).toString('base64url')
  try {
    const point = { x: encode(key.x), y: encode(key.y) }
    const jwk = { kty: 'EC', crv: 'P-256', ...point }
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' })
    const signature = Buffer.concat([word(r), word(s)])
    const options = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const
    return verify('sha256', word(message), options, signature)
  } catch {
    return false
  }
}

function nobleAccepts({ message, r, s, key }: Vector): boolean {
  const publicKey = `0x04${concat([key.x, key.y]).slice(2)}` as const
  const low = s > n / 2n && s < n ? n - s : s
  const signature = concat([r, low])
  try {
    return P256.verify({ payload: word(message), publicKey, signature })
  } catch {
    return false
  }
}

export const digests = new Vectors(opensslAccepts)
export const hashes = new Vectors(nobleAccepts)
