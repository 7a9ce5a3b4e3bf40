import { bytesToHex, type Hex, hexToBytes } from 'viem'
import { normalizeP256Signature } from '@/lib/intent/normalize-signature'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const

/** New P-256 key whose private half can sign but never be read, not even by this page. */
export async function generateP256Key(): Promise<{
  keys: CryptoKeyPair
  /** 64 bytes `x ‖ y`. */
  publicKey: Hex
}> {
  const keys = await crypto.subtle.generateKey(algorithm, false, [
    'sign',
    'verify',
  ])
  const raw = await crypto.subtle.exportKey('raw', keys.publicKey)
  return { keys, publicKey: bytesToHex(new Uint8Array(raw).slice(1)) }
}

/** Low-s signature over `sha256(digest)`, the form the contract takes. */
export async function signDigest(
  keys: CryptoKeyPair,
  digest: Hex,
): Promise<Hex> {
  const bytes = new Uint8Array(hexToBytes(digest))
  const raw = await crypto.subtle.sign(signing, keys.privateKey, bytes)
  return normalizeP256Signature(new Uint8Array(raw))
}

/** Whether `signature` is one of `keys` over `digest`. */
export async function verifyDigest(
  keys: CryptoKeyPair,
  digest: Hex,
  signature: Hex,
): Promise<boolean> {
  return crypto.subtle.verify(
    signing,
    keys.publicKey,
    new Uint8Array(hexToBytes(signature)),
    new Uint8Array(hexToBytes(digest)),
  )
}
