import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import {
  type Hex,
  hexToBytes,
  isAddressEqual,
  parseCompactSignature,
  recoverAddress,
  serializeCompactSignature,
  size,
} from 'viem'
import { isLowS } from '@/lib/intent/normalize-signature'
import type { SessionKey } from '@/lib/session/session'
import { createBoundedMap } from './bounded-map'

const KEYS_MAX = 20_000
const SECP256K1_HALF_ORDER =
  0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n
const keys = createBoundedMap<Hex, KeyObject>(KEYS_MAX)

/**
 * Whether the session key signed `digest`, exactly as the contract checks it:
 * P-256 `r ‖ s` with low `s` over `sha256(digest)`, secp256k1 `r ‖ yParityAndS` (EIP-2098) with low `s` over `digest`.
 */
export async function isSignedByKey(
  key: SessionKey,
  digest: Hex,
  signature: Hex,
): Promise<boolean> {
  if (size(signature) !== 64) return false
  try {
    return key.scheme === 'p256'
      ? isSignedByP256(key.publicKey, digest, signature)
      : await isSignedBySecp256k1(key.publicKey, digest, signature)
  } catch {
    return false
  }
}

/** Whether the 64 bytes are a point on P-256. */
export function isP256PublicKey(publicKey: Hex): boolean {
  try {
    toKeyObject(publicKey)
    return true
  } catch {
    return false
  }
}

function isSignedByP256(publicKey: Hex, digest: Hex, signature: Hex): boolean {
  if (!isLowS(signature)) return false
  return verify(
    'sha256',
    hexToBytes(digest),
    { key: toKeyObject(publicKey), dsaEncoding: 'ieee-p1363' },
    hexToBytes(signature),
  )
}

async function isSignedBySecp256k1(
  address: Hex,
  digest: Hex,
  signature: Hex,
): Promise<boolean> {
  const parsed = parseCompactSignature(signature)
  if ((BigInt(parsed.yParityAndS) & (2n ** 255n - 1n)) > SECP256K1_HALF_ORDER)
    return false
  const signer = await recoverAddress({
    hash: digest,
    signature: serializeCompactSignature(parsed),
  })
  return isAddressEqual(signer, address)
}

function toKeyObject(publicKey: Hex): KeyObject {
  const known = keys.get(publicKey)
  if (known) return known
  const bytes = Buffer.from(hexToBytes(publicKey))
  const key = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: bytes.subarray(0, 32).toString('base64url'),
      y: bytes.subarray(32).toString('base64url'),
    },
  })
  keys.set(publicKey, key)
  return key
}
