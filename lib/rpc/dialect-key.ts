import { getAddress, type Hex, size, slice } from 'viem'
import { publicKeyToAddress } from 'viem/utils'
import { z } from 'zod'
import { bytesUpToSchema } from '../permission/scalar-schema'
import type { SessionKey } from '../session/session'

/** A session key as the RISE/Porto dialect writes it. */
export type DialectKey = {
  type: 'p256' | 'secp256k1'
  publicKey: Hex
  /** The signature is over `sha256(digest)`. Always so for p256 here. */
  prehash?: boolean
}

function withoutPrefix(publicKey: Hex): Hex | null {
  if (size(publicKey) === 64) return publicKey
  const isPrefixed = size(publicKey) === 65 && publicKey.startsWith('0x04')
  return isPrefixed ? slice(publicKey, 1) : null
}

function toSessionKey(type: string, publicKey: Hex): SessionKey | null {
  const point = withoutPrefix(publicKey)
  if (type === 'p256') return point && { scheme: 'p256', publicKey: point }
  if (size(publicKey) === 20) return { scheme: 'secp256k1', publicKey }
  if (point === null || type === 'address') return null
  const address = publicKeyToAddress(`0x04${point.slice(2)}`)
  return { scheme: 'secp256k1', publicKey: address.toLowerCase() as Hex }
}

/** Reads a dialect key: p256 with or without the `04` prefix; secp256k1 as public key or address. */
export const dialectKeySchema = z
  .strictObject({
    type: z.enum(['p256', 'secp256k1', 'address']),
    publicKey: bytesUpToSchema(65, 20),
    prehash: z.boolean().optional(),
  })
  .transform((key, context): SessionKey => {
    const sessionKey = toSessionKey(key.type, key.publicKey)
    if (sessionKey) return sessionKey
    context.addIssue({
      code: 'custom',
      path: ['publicKey'],
      message: `is not a ${key.type} key`,
    })
    return z.NEVER
  })

/** A session key in the dialect's words. */
export function toDialectKey(key: SessionKey): DialectKey {
  return key.scheme === 'p256'
    ? { type: 'p256', publicKey: key.publicKey, prehash: true }
    : { type: 'secp256k1', publicKey: getAddress(key.publicKey) }
}
