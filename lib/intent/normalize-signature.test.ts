import { createPublicKey, verify } from 'node:crypto'
import { type Hex, hexToBytes } from 'viem'
import { expect, test } from 'vitest'
import {
  isLowS,
  normalizeP256Signature,
  P256_ORDER,
} from './normalize-signature'

const signing = { name: 'ECDSA', hash: 'SHA-256' } as const
const generating = { name: 'ECDSA', namedCurve: 'P-256' } as const

function sOf(signature: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(signature.slice(32)).toString('hex')}`)
}

// Guarantee: only the lower `s` is accepted, whichever the browser gave.
test('behavior: 2,000 signatures of WebCrypto get their low s and keep verifying', async () => {
  let high = 0
  for (let round = 0; round < 4; ++round) {
    const pair = await crypto.subtle.generateKey(generating, true, ['sign'])
    const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey)
    const { x = '', y = '' } = jwk
    const point = { kty: 'EC', crv: 'P-256', x, y }
    const publicKey = createPublicKey({ key: point, format: 'jwk' })
    const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const

    for (let i = 0; i < 500; ++i) {
      const digest = crypto.getRandomValues(new Uint8Array(32))
      const raw = new Uint8Array(
        await crypto.subtle.sign(signing, pair.privateKey, digest),
      )
      const low: Hex = normalizeP256Signature(raw)
      const bytes = hexToBytes(low)

      expect(isLowS(low)).toBe(true)
      expect(verify('sha256', digest, key, bytes)).toBe(true)
      expect(bytes.slice(0, 32)).toEqual(raw.slice(0, 32))
      expect([sOf(raw), P256_ORDER - sOf(raw)]).toContain(sOf(bytes))
      expect(normalizeP256Signature(bytes)).toBe(low)
      if (sOf(raw) > P256_ORDER / 2n) high += 1
    }
  }
  // Half of them, or nothing was tested: 800 to 1,200 is nine deviations wide.
  expect(high).toBeGreaterThan(800)
  expect(high).toBeLessThan(1200)
})
