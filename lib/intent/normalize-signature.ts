import {
  bytesToBigInt,
  bytesToHex,
  concatHex,
  type Hex,
  numberToBytes,
  numberToHex,
  parseSignature,
} from 'viem'

/** Order of the P-256 group. */
export const P256_ORDER =
  0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/**
 * `r ‖ s` with `s` in the lower half, the only form that the contract takes. WebCrypto gives a high `s` half of the time; both are signatures of the same message.
 * @throws RangeError when `signature` is not 64 bytes.
 */
export function normalizeP256Signature(signature: Uint8Array): Hex {
  if (signature.length !== 64) {
    throw new RangeError(`signature has ${signature.length} bytes, not 64`)
  }
  const s = bytesToBigInt(signature.slice(32))
  if (s <= P256_ORDER / 2n) return bytesToHex(signature)
  const low = numberToBytes(P256_ORDER - s, { size: 32 })
  return concatHex([bytesToHex(signature.slice(0, 32)), bytesToHex(low)])
}

/** Whether a 64-byte `r ‖ s` has its `s` in the lower half and neither part is zero or too large. */
export function isLowS(signature: Hex): boolean {
  const r = BigInt(signature.slice(0, 66))
  const s = BigInt(`0x${signature.slice(66)}`)
  return r > 0n && r < P256_ORDER && s > 0n && s <= P256_ORDER / 2n
}

/** 65-byte secp256k1 signature as the 64 bytes `r ‖ yParityAndS` of EIP-2098. viem's signers always give low `s`. */
export function compactSecp256k1Signature(signature: Hex): Hex {
  const { r, s, yParity } = parseSignature(signature)
  const yParityAndS = BigInt(s) | (BigInt(yParity) << 255n)
  return concatHex([r, numberToHex(yParityAndS, { size: 32 })])
}
