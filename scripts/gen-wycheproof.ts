// Writes contracts/test/fixtures/wycheproof-p256.json: signatures of P-256 in
// the classes of Project Wycheproof's vectors, each made so that it hits one
// edge of the arithmetic. Nothing is random: every run writes the same file.
// OpenSSL (over digests) and noble-curves (over hashes) must agree with every
// answer, or nothing is written.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { P256 } from 'ox'
import { type Hex, hexToBytes, numberToHex } from 'viem'

const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn
const top = 2n ** 256n - 1n

interface Point {
  x: bigint
  y: bigint
}

/** Either over `sha256(message)`, as Playkey's keys sign, or over `message`, taken for a hash. */
interface Vector {
  message: bigint
  r: bigint
  s: bigint
  key: Point
}

const base: Point = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
}

// ── Arithmetic ──────────────────────────────────────────────────────────────

function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus
  return rest < 0n ? rest + modulus : rest
}

function power(value: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  let square = mod(value, modulus)
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, c] = [mod(value, modulus), modulus]
  let [u, v] = [1n, 0n]
  if (a === 0n) throw new RangeError('zero has no inverse')
  while (a !== 0n) {
    const quotient = c / a
    ;[a, c] = [c - quotient * a, a]
    ;[u, v] = [v - quotient * u, u]
  }
  return mod(v, modulus)
}

function divide(dividend: bigint, divisor: bigint): bigint {
  return mod(dividend * inverse(divisor, n), n)
}

/** `undefined` is the point at infinity. */
function add(left: Point | undefined, right: Point | undefined) {
  if (!left || !right) return left ?? right
  if (left.x === right.x && mod(left.y + right.y, p) === 0n) return undefined
  const slope =
    left.x === right.x
      ? (3n * left.x ** 2n - 3n) * inverse(2n * left.y, p)
      : (right.y - left.y) * inverse(right.x - left.x, p)
  const x = mod(slope ** 2n - left.x - right.x, p)
  return { x, y: mod(slope * (left.x - x) - left.y, p) }
}

function multiply(scalar: bigint, point: Point = base): Point | undefined {
  let result: Point | undefined
  let double: Point | undefined = point
  for (let rest = mod(scalar, n); rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = add(result, double)
    double = add(double, double)
  }
  return result
}

function finite(point: Point | undefined): Point {
  if (!point) throw new RangeError('point at infinity')
  return point
}

function negate(point: Point): Point {
  return { x: point.x, y: p - point.y }
}

/** The point with this x, if there is one. */
function lift(x: bigint): Point | undefined {
  const square = mod(x ** 3n - 3n * x + b, p)
  const y = power(square, (p + 1n) / 4n, p)
  return x < p && (y * y) % p === square ? { x, y } : undefined
}

/** The first `count` points with x from `start`, in steps of `step`. */
function liftFrom(start: bigint, step: bigint, count: number): Point[] {
  const points: Point[] = []
  for (let x = start; points.length < count; x += step) {
    const point = lift(x)
    if (point) points.push(point)
  }
  return points
}

/** The only x with this y, if there is exactly one: the greatest common divisor of `x^p - x` and the curve's cubic. */
function liftY(y: bigint): Point | undefined {
  const constant = mod(b - y * y, p)
  type Polynomial = [bigint, bigint, bigint]
  // Modulo x³ - 3x + constant: x³ = 3x - constant and x⁴ = 3x² - constant·x.
  const times = (f: Polynomial, g: Polynomial): Polynomial => {
    const third = f[1] * g[2] + f[2] * g[1]
    const fourth = f[2] * g[2]
    return [
      mod(f[0] * g[0] - constant * third, p),
      mod(f[0] * g[1] + f[1] * g[0] + 3n * third - constant * fourth, p),
      mod(f[0] * g[2] + f[1] * g[1] + f[2] * g[0] + 3n * fourth, p),
    ]
  }
  let result: Polynomial = [1n, 0n, 0n]
  let square: Polynomial = [0n, 1n, 0n]
  for (let rest = p; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = times(result, square)
    square = times(square, square)
  }
  const [c, d, e] = [result[0], mod(result[1] - 1n, p), result[2]]
  if (e === 0n) return undefined
  // The cubic modulo e·x² + d·x + c is linear.
  const i = inverse(e, p)
  const [lower, middle] = [mod(c * i, p), mod(d * i, p)]
  const slope = mod(-3n - lower + middle * middle, p)
  if (slope === 0n) return undefined
  const x = mod(-(constant + middle * lower) * inverse(slope, p), p)
  return mod(x ** 3n - 3n * x + constant, p) === 0n ? { x, y } : undefined
}

function liftYFrom(start: bigint, step: bigint, count: number): Point[] {
  const points: Point[] = []
  for (let y = start; points.length < count; y += step) {
    const point = liftY(y)
    if (point) points.push(point)
  }
  return points
}

// ── Making signatures ───────────────────────────────────────────────────────

function sha256(value: bigint): bigint {
  const hash = createHash('sha256').update(word(value))
  return BigInt(`0x${hash.digest('hex')}`)
}

function word(value: bigint): Uint8Array {
  return hexToBytes(numberToHex(value, { size: 32 }))
}

let drawn = 0n

/** Any scalar, another one each time. */
function scalar(): bigint {
  drawn += 1n
  return mod(sha256(drawn), n - 1n) + 1n
}

/** Any digest, another one each time. */
function digest(): bigint {
  drawn += 1n
  return sha256(drawn)
}

/** The key whose signature over `hash` is `r ‖ s`, when `u1·G + u2·Q` shall be `point`: `Q = (s·point - hash·G) / r`. */
function keyFor(hash: bigint, point: Point, s: bigint): Point {
  const sum = add(multiply(s, point), multiply(-hash))
  return finite(multiply(inverse(point.x, n), finite(sum)))
}

/** A signature over a digest that reaches `point` with this `s`, by the key for which that is so. */
function reaching(point: Point, s: bigint, message = digest()): Vector {
  const key = keyFor(sha256(message), point, s)
  return { message, r: mod(point.x, n), s, key }
}

/** An ordinary signature of a private key. */
function signed(privateKey: bigint, message = digest(), nonce = scalar()) {
  const r = mod(finite(multiply(nonce)).x, n)
  const s = divide(sha256(message) + r * privateKey, nonce)
  return { message, r, s, key: finite(multiply(privateKey)) }
}

/** A signature over the hash for which `u1` and `u2` are these; whose key it is need not be known. */
function combining(u1: bigint, u2: bigint, key: Point): Vector {
  const r = mod(finite(add(multiply(u1), multiply(u2, key))).x, n)
  const s = divide(r, u2)
  return { message: mod(u1 * s, n), r, s, key }
}

// ── The vectors ─────────────────────────────────────────────────────────────

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

function concat(words: readonly bigint[]): Hex {
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

const digests = new Vectors(opensslAccepts)
const hashes = new Vectors(nobleAccepts)

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

function addOrdinary(): void {
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

function addRefused(): void {
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

function addSmall(): void {
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

function addExtremes(): void {
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

function addMeetings(): void {
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

function addKeys(): void {
  // Of 2^16 keys, so that about 16 bits are alike; these can sign a digest.
  const best = { x: [1n, 1n], y: [1n, 1n] } as Record<
    'x' | 'y',
    [bigint, bigint]
  >
  const found = { x: [base, base], y: [base, base] } as Record<
    'x' | 'y',
    [Point, Point]
  >
  let point: Point | undefined = base
  for (let i = 1n; i < 1n << 16n; ++i) {
    const { x, y } = finite(point)
    for (const axis of ['x', 'y'] as const) {
      const value = { x, y }[axis]
      for (const end of [0, 1] as const) {
        const known = found[axis][end][axis]
        if (end === 0 ? value < known : value > known) {
          best[axis][end] = i
          found[axis][end] = { x, y }
        }
      }
    }
    point = add(point, base)
  }
  for (const axis of ['x', 'y'] as const) {
    for (const end of [0, 1] as const) {
      const comment = `EdgeCasePublicKey: ${end === 0 ? 'little' : 'great'} ${axis}`
      const privateKey = best[axis][end]
      digests.add(true, comment, signed(privateKey))
      digests.add(true, `${comment}, negated`, signed(n - privateKey))
    }
  }
  // These are nobody's; only signatures over chosen hashes are possible.
  const extremes = [
    ...liftFrom(0n, 1n, 4),
    ...liftFrom(p - 1n, -1n, 4),
    ...liftYFrom(1n, 1n, 4),
  ]
  for (const key of extremes.flatMap((each) => [each, negate(each)])) {
    const part = (value: bigint) =>
      value < 1000n
        ? `${value}`
        : p - value < 1000n
          ? `p - ${p - value}`
          : 'any'
    // One of the two y is even.
    const parity = part(key.y) === 'any' ? (key.y % 2n ? ' odd' : ' even') : ''
    const name = `x = ${part(key.x)}, y = ${part(key.y)}${parity}`
    for (let i = 1; i <= 2; ++i) {
      const vector = combining(scalar(), scalar(), key)
      hashes.add(true, `EdgeCasePublicKey: ${name}, ${i}`, vector)
      // The same point, not reduced.
      if (key.x + p <= top) {
        const unreduced = { ...vector, key: { ...key, x: key.x + p } }
        hashes.add(false, `EdgeCasePublicKey: ${name}, x + p, ${i}`, unreduced)
      }
      if (key.y + p <= top) {
        const unreduced = { ...vector, key: { ...key, y: key.y + p } }
        hashes.add(false, `EdgeCasePublicKey: ${name}, y + p, ${i}`, unreduced)
      }
    }
  }
}

function addHashes(): void {
  const special: Record<string, bigint> = {
    '0': 0n,
    '1': 1n,
    'n - 1': n - 1n,
    n,
    'n + 1': n + 1n,
    p,
    '2^255': 2n ** 255n,
    '2^256 - 1': top,
  }
  for (let bit = 0n; bit < 256n; bit += 32n) {
    const zeros = digest() & (top ^ (0xffffffffn << bit))
    special[`32 bits 0 from ${bit}`] = zeros
    special[`32 bits 1 from ${bit}`] = digest() | (0xffffffffn << bit)
  }
  for (const [name, message] of Object.entries(special)) {
    const privateKey = scalar()
    const nonce = scalar()
    const r = mod(finite(multiply(nonce)).x, n)
    const s = divide(message + r * privateKey, nonce)
    const key = finite(multiply(privateKey))
    const vector = { message, r, s, key }
    hashes.add(true, `SpecialCaseHash: ${name}`, vector)
    const other = { ...vector, message: message ^ 1n }
    hashes.add(false, `SpecialCaseHash: ${name}, last bit changed`, other)
  }
}

/** Points that are no keys, and bytes that are no points. */
function wrongKeys(key: Point): Record<string, Hex> {
  const [smallX] = liftFrom(1n, 1n, 1)
  const [smallY] = liftYFrom(1n, 1n, 1)
  const { x, y } = key
  const whole = concat([x, y])
  // Points of y² = x³ - 3x + another b, on which arithmetic never uses b.
  const otherCurve = { x, y: mod(y + 2n ** 128n, p) }
  let twisted = 1n
  while (lift(twisted)) twisted += 1n
  return {
    'point at infinity': concat([0n, 0n]),
    'x = 0': concat([0n, y]),
    'y = 0': concat([x, 0n]),
    'x + 1': concat([x + 1n, y]),
    'y + 1': concat([x, y + 1n]),
    'x and y exchanged': concat([y, x]),
    'on another curve': concat([otherCurve.x, otherCurve.y]),
    'x of no point': concat([twisted, y]),
    'x = p': concat([p, finite(lift(0n)).y]),
    'x + p': concat([finite(smallX).x + p, finite(smallX).y]),
    'y + p': concat([finite(smallY).x, finite(smallY).y + p]),
    'x and y are p': concat([p, p]),
    'x and y are 2^256 - 1': concat([top, top]),
    'generator of secp256k1': concat([
      0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
      0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
    ]),
    'no bytes': '0x',
    'x only': concat([x]),
    compressed: `0x0${2n + (y % 2n)}${concat([x]).slice(2)}`,
    'without last byte': whole.slice(0, -2) as Hex,
    'with a byte after': `${whole}00`,
    'with a byte before': `0x00${whole.slice(2)}`,
    'with the prefix of uncompressed points': `0x04${whole.slice(2)}`,
    twice: `${whole}${whole.slice(2)}`,
  }
}

/** Other encodings of one signature; small, so that short ones exist. */
function wrongSizes({ r, s }: Vector): Record<string, Hex> {
  const [half, other] = [concat([r]), concat([s])]
  const whole = concat([r, s])
  const short = (value: bigint, size: number) =>
    numberToHex(value, { size }).slice(2)
  return {
    'no bytes': '0x',
    '1 byte': '0x00',
    'r only': half,
    's only': other,
    shortest: `0x${short(r, 1)}${short(s, 1)}`,
    '16 bytes each': `0x${short(r, 16)}${short(s, 16)}`,
    '31 bytes each': `0x${short(r, 31)}${short(s, 31)}`,
    '33 bytes each': `0x00${half.slice(2)}00${other.slice(2)}`,
    '33 bytes each, r + n': `0x00${short(r + n, 32)}00${other.slice(2)}`,
    '33 bytes each, r + 2^256': `0x01${half.slice(2)}00${other.slice(2)}`,
    '33 bytes each, s + 2^256': `0x00${half.slice(2)}01${other.slice(2)}`,
    'without first byte': `0x${whole.slice(4)}`,
    'without last byte': whole.slice(0, -2) as Hex,
    'with a byte before': `0x00${whole.slice(2)}`,
    'with a byte after': `${whole}00`,
    'with the parity of Ethereum': `${whole}1b`,
    'three words': `${whole}${short(0n, 32)}`,
    twice: `${whole}${whole.slice(2)}`,
    DER: `0x30060201${short(r, 1)}0201${short(s, 1)}`,
  }
}

addOrdinary()
addRefused()
addSmall()
addExtremes()
addMeetings()
addKeys()
addHashes()
const [smallPoint] = liftFrom(1n, 1n, 1)
const small = reaching(finite(smallPoint), 1n)
digests.add(true, 'SignatureSize: 64 bytes', small)

const list = (values: Record<string, Hex>) =>
  Object.entries(values).map(([comment, value]) => ({ comment, value }))

const fixture = {
  digests: { valid: list(digests.valid), invalid: list(digests.invalid) },
  hashes: { valid: list(hashes.valid), invalid: list(hashes.invalid) },
  small: concat([small.message, small.r, small.s, small.key.x, small.key.y]),
  keys: list(wrongKeys(small.key)),
  sizes: list(wrongSizes(small)),
}
const file = join(
  import.meta.dirname,
  '../contracts/test/fixtures/wycheproof-p256.json',
)
writeFileSync(file, `${JSON.stringify(fixture, null, 2)}\n`)

const counts: Record<string, number> = {}
for (const [kind, values] of Object.entries({
  'digests valid': digests.valid,
  'digests invalid': digests.invalid,
  'hashes valid': hashes.valid,
  'hashes invalid': hashes.invalid,
})) {
  for (const comment of Object.keys(values)) {
    const name = `${kind} ${comment.split(':')[0]}`
    counts[name] = (counts[name] ?? 0) + 1
  }
}
console.table(counts)
