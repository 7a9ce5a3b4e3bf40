// Ordinary signatures, what is refused next to them, and small parts.
import {
  add,
  divide,
  finite,
  inverse,
  lift,
  liftFrom,
  multiply,
  n,
  negate,
  p,
  top,
  type Vector,
} from './curve'
import { digest, reaching, scalar, sha256, signed } from './sign'
import { digests } from './vectors'

export function addOrdinary(): void {
  for (let i = 1; i <= 8; ++i) {
    digests.add(true, `ValidSignature: ${i}`, signed(scalar()))
  }
  for (const [name, message] of Object.entries({
    '0': 0n,
    '1': 1n,
    '2^255': 2n ** 255n,
    '2^256 - 1': top,
    n,
    p,
  })) {
    const comment = `SpecialCaseHash: digest ${name}`
    digests.add(true, comment, signed(scalar(), message))
  }
  // Of 2^17 hashes, so that about 17 bits are alike.
  let [least, greatest] = [0n, 0n]
  for (let i = 1n; i < 1n << 17n; ++i) {
    const hash = sha256(i)
    if (hash < sha256(least)) least = i
    if (hash > sha256(greatest)) greatest = i
  }
  digests.add(true, 'SpecialCaseHash: many 0 first', signed(scalar(), least))
  digests.add(true, 'SpecialCaseHash: many 1 first', signed(scalar(), greatest))
}

export function addRefused(): void {
  const special = {
    '0': 0n,
    '1': 1n,
    'n - 1': n - 1n,
    n,
    'n + 1': n + 1n,
    p,
    'p + 1': p + 1n,
    '2^256 - 1': top,
  }
  const ordinary = signed(scalar())
  const { message, r, s, key } = ordinary
  for (const [nameOfR, valueOfR] of Object.entries(special)) {
    for (const [nameOfS, valueOfS] of Object.entries(special)) {
      const comment = `InvalidSignature: r = ${nameOfR}, s = ${nameOfS}`
      digests.add(false, comment, { message, r: valueOfR, s: valueOfS, key })
    }
  }
  for (const [name, value] of Object.entries(special)) {
    const whole = `InvalidSignature: r = ${name}`
    digests.add(false, whole, { ...ordinary, r: value })
    digests.add(false, `InvalidSignature: s = ${name}`, {
      ...ordinary,
      s: value,
    })
  }
  const modified: Record<string, Partial<Vector>> = {
    'n - r': { r: n - r },
    'p - r': { r: p - r },
    '2^256 - r': { r: top + 1n - r },
    'r + 1': { r: r + 1n },
    'r - 1': { r: r - 1n },
    '1 / r': { r: inverse(r, n) },
    's + 1': { s: s + 1n },
    's - 1': { s: s - 1n },
    'p - s': { s: p - s },
    '2^256 - s': { s: top + 1n - s },
    '1 / s': { s: inverse(s, n) },
    'r and s exchanged': { r: s, s: r },
    'r and s negated': { r: n - r, s: n - s },
    'the negated key': { key: negate(key) },
    'the doubled key': { key: finite(add(key, key)) },
    'the digest complemented': { message: top - message },
    'the hash instead of the digest': { message: sha256(message) },
    'r = s': { r: s },
    's = r': { s: r },
  }
  for (const [name, part] of Object.entries(modified)) {
    digests.add(false, `ModifiedInteger: ${name}`, { ...ordinary, ...part })
  }
  digests.add(true, 'ModifiedInteger: not modified', ordinary)

  // Small enough that adding the order stays within 256 bits.
  for (const [i, point] of liftFrom(1n, 1n, 3).entries()) {
    const small = reaching(point, BigInt(i + 1))
    digests.add(true, `RangeCheck: r = ${small.r}, s = ${small.s}`, small)
    const largeR = { ...small, r: small.r + n }
    digests.add(false, `RangeCheck: r = ${small.r} + n`, largeR)
    const largeS = { ...small, s: small.s + n }
    digests.add(false, `RangeCheck: s = ${small.s} + n`, largeS)
    const both = { ...small, r: small.r + n, s: small.s + n }
    digests.add(false, `RangeCheck: r = ${small.r} + n and s + n`, both)
  }
}

export function addSmall(): void {
  for (const { x, y } of liftFrom(1n, 1n, 4)) {
    for (const s of [1n, 2n, 3n, 4n, 7n]) {
      const comment = `SmallRandS: r = ${x}, s = ${s}`
      digests.add(true, comment, reaching({ x, y }, s))
    }
    const comment = `SmallRandS: r = ${x}, s = n - 1`
    digests.add(true, comment, reaching({ x, y }, n - 1n))
    const inverted = `SmallRandS: r = ${x}, s = 1 / r`
    digests.add(true, inverted, reaching({ x, y }, inverse(x, n)))
  }
  // The x of these points is not reduced by the order: r is small, x is not.
  const large = [...liftFrom(n, 1n, 4), ...liftFrom(p - 1n, -1n, 4)]
  for (const point of large) {
    const name =
      point.x - n < 100n ? `n + ${point.x - n}` : `p - ${p - point.x}`
    for (const s of [1n, scalar()]) {
      const vector = reaching(point, s)
      const which = s === 1n ? 'small s' : 'any s'
      digests.add(true, `RangeCheck: r from x = ${name}, ${which}`, vector)
      const unreduced = { ...vector, r: point.x }
      digests.add(false, `RangeCheck: r is x = ${name}, ${which}`, unreduced)
    }
  }
  // There is a point with x = 0, yet r must not be 0.
  const zero = finite(lift(0n))
  const s = scalar()
  const message = digest()
  const key = finite(multiply(divide(s, sha256(message)), zero))
  digests.add(false, 'InvalidSignature: x = 0', { message, r: 0n, s, key })
}
