// Scalars at their extremes, and sums that meet each other or infinity.
import { numberToHex } from 'viem'
import { divide, finite, inverse, mod, multiply, n, p } from './curve'
import { combining, digest, reaching, scalar, sha256, signed } from './sign'
import { digests, hashes } from './vectors'

/** By name: scalars with which arithmetic tends to go wrong. */
const scalars: Record<string, bigint> = {
  '1': 1n,
  '2': 2n,
  '3': 3n,
  '4': 4n,
  '5': 5n,
  'n - 1': n - 1n,
  'n - 2': n - 2n,
  'n - 3': n - 3n,
  'n - 4': n - 4n,
  '(n - 1) / 2': n / 2n,
  '(n + 1) / 2': n / 2n + 1n,
  '1 / 3': inverse(3n, n),
  '1 / 4': inverse(4n, n),
  'n - 2^32': n - 2n ** 32n,
  '2^32': 2n ** 32n,
  '2^64 - 1': 2n ** 64n - 1n,
  '2^128 - 1': 2n ** 128n - 1n,
  '2^128': 2n ** 128n,
  '2^224': 2n ** 224n,
  '2^255': 2n ** 255n,
  '2^256 - n': 2n ** 256n - n,
  'p - n': p - n,
  '2 bits of 4':
    0x3333333333333333333333333333333333333333333333333333333333333333n,
  '1 bit of 2':
    0x5555555555555555555555555555555555555555555555555555555555555555n,
  '1 bit of 4':
    0x1111111111111111111111111111111111111111111111111111111111111111n,
  '64 bits of 128':
    0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffffn,
}

export function addExtremes(): void {
  for (const [name, value] of Object.entries(scalars)) {
    const inverted = reaching(finite(multiply(scalar())), value)
    digests.add(true, `ModularInverse: s = ${name}`, inverted)

    const message = digest()
    const hash = sha256(message)
    const point = finite(multiply(scalar()))
    const first = reaching(point, divide(hash, value), message)
    digests.add(true, `ArithmeticError: u1 = ${name}`, first)
    const second = reaching(point, divide(point.x, value), message)
    digests.add(true, `ArithmeticError: u2 = ${name}`, second)
  }
}

export function addMeetings(): void {
  for (const d of [1n, 2n, 3n, 4n, 5n, 8n, 16n]) {
    const privateKeys: Record<string, bigint> = { [`${d}G`]: d, [`-${d}G`]: -d }
    if (d > 1n) {
      privateKeys[`1/${d} G`] = inverse(d, n)
      privateKeys[`-1/${d} G`] = -inverse(d, n)
    }
    for (const [name, privateKey] of Object.entries(privateKeys)) {
      const comment = `PointDuplication: key ${name}`
      digests.add(true, comment, signed(mod(privateKey, n)))
      // u1·G + u2·Q is the point at infinity.
      const message = digest()
      const r = divide(-sha256(message), privateKey)
      const key = finite(multiply(privateKey))
      const ended = { message, r, s: scalar(), key }
      digests.add(false, `PointDuplication: key ${name}, infinity`, ended)
      digests.add(false, `PointDuplication: key ${name}, infinity, s = 1`, {
        ...ended,
        s: 1n,
      })
    }
  }
  // u1·G = u2·Q, so that the last addition doubles.
  for (const u1 of [1n, 2n, n / 2n, n - 1n, scalar(), scalar()]) {
    const message = digest()
    const r = mod(finite(multiply(2n * u1)).x, n)
    const key = finite(multiply(divide(sha256(message), r)))
    const comment = `PointDuplication: u1 G = u2 Q = ${numberToHex(u1)} G`
    const s = divide(sha256(message), u1)
    digests.add(true, comment, { message, r, s, key })
  }
  // u1 + d·u2 is small, so sums of their first bits meet, or meet infinity.
  const rests: Record<string, bigint> = {
    '1': 1n,
    '2': 2n,
    '3': 3n,
    '4': 4n,
    '-1': n - 1n,
    '-2': n - 2n,
    '-5': n - 5n,
    '16': 16n,
    '2^64': 2n ** 64n,
    '2^128 + 1': 2n ** 128n + 1n,
  }
  for (const d of [1n, -1n, -2n, -3n, -4n]) {
    for (const [name, rest] of Object.entries(rests)) {
      const message = digest()
      const hash = sha256(message)
      const r = mod(finite(multiply(rest)).x, n)
      const u1 = divide(rest, 1n + d * divide(r, hash))
      const key = finite(multiply(d))
      const comment = `EdgeCaseShamirMultiplication: u1 + u2 (${d}) = ${name}`
      const s = divide(hash, u1)
      digests.add(true, comment, { message, r, s, key })
    }
  }
  const few: Record<string, bigint> = {
    '1': 1n,
    '2': 2n,
    '3': 3n,
    'n - 1': n - 1n,
    'n - 2': n - 2n,
    '2^255': 2n ** 255n,
  }
  for (const d of [1n, -1n, 2n, -2n, scalar()]) {
    const name = d > 2n ? 'any' : `${d}G`
    const key = finite(multiply(d))
    for (const [first, u1] of Object.entries({ '0': 0n, ...few })) {
      for (const [second, u2] of Object.entries(few)) {
        if (mod(u1 + d * u2, n) === 0n) continue
        const comment = `ArithmeticError: u1 = ${first}, u2 = ${second}, key ${name}`
        hashes.add(true, comment, combining(u1, u2, key))
      }
    }
  }
}
