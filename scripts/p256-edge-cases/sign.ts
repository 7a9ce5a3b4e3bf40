// Signatures made to measure. Nothing is random: what is drawn is drawn in the same order in every run.
import { createHash } from 'node:crypto'
import { hexToBytes, numberToHex } from 'viem'
import {
  add,
  divide,
  finite,
  inverse,
  mod,
  multiply,
  n,
  type Point,
  type Vector,
} from './curve'

export function sha256(value: bigint): bigint {
  const hash = createHash('sha256').update(word(value))
  return BigInt(`0x${hash.digest('hex')}`)
}

export function word(value: bigint): Uint8Array {
  return hexToBytes(numberToHex(value, { size: 32 }))
}

let drawn = 0n

/** Any scalar, another one each time. */
export function scalar(): bigint {
  drawn += 1n
  return mod(sha256(drawn), n - 1n) + 1n
}

/** Any digest, another one each time. */
export function digest(): bigint {
  drawn += 1n
  return sha256(drawn)
}

/** The key whose signature over `hash` is `r ‖ s`, when `u1·G + u2·Q` shall be `point`: `Q = (s·point - hash·G) / r`. */
function keyFor(hash: bigint, point: Point, s: bigint): Point {
  const sum = add(multiply(s, point), multiply(-hash))
  return finite(multiply(inverse(point.x, n), finite(sum)))
}

/** A signature over a digest that reaches `point` with this `s`, by the key for which that is so. */
export function reaching(point: Point, s: bigint, message = digest()): Vector {
  const key = keyFor(sha256(message), point, s)
  return { message, r: mod(point.x, n), s, key }
}

/** An ordinary signature of a private key. */
export function signed(
  privateKey: bigint,
  message = digest(),
  nonce = scalar(),
) {
  const r = mod(finite(multiply(nonce)).x, n)
  const s = divide(sha256(message) + r * privateKey, nonce)
  return { message, r, s, key: finite(multiply(privateKey)) }
}

/** A signature over the hash for which `u1` and `u2` are these; whose key it is need not be known. */
export function combining(u1: bigint, u2: bigint, key: Point): Vector {
  const r = mod(finite(add(multiply(u1), multiply(u2, key))).x, n)
  const s = divide(r, u2)
  return { message: mod(u1 * s, n), r, s, key }
}
