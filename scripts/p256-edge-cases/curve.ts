// P-256 in affine coordinates: slow, short, and sharing nothing with what is tested.

export const p =
  0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
export const n =
  0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn
export const top = 2n ** 256n - 1n

export interface Point {
  x: bigint
  y: bigint
}

/** Either over `sha256(message)`, as Playkey's keys sign, or over `message`, taken for a hash. */
export interface Vector {
  message: bigint
  r: bigint
  s: bigint
  key: Point
}

export const base: Point = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
}

export function mod(value: bigint, modulus: bigint): bigint {
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

export function inverse(value: bigint, modulus: bigint): bigint {
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

export function divide(dividend: bigint, divisor: bigint): bigint {
  return mod(dividend * inverse(divisor, n), n)
}

/** `undefined` is the point at infinity. */
export function add(left: Point | undefined, right: Point | undefined) {
  if (!left || !right) return left ?? right
  if (left.x === right.x && mod(left.y + right.y, p) === 0n) return undefined
  const slope =
    left.x === right.x
      ? (3n * left.x ** 2n - 3n) * inverse(2n * left.y, p)
      : (right.y - left.y) * inverse(right.x - left.x, p)
  const x = mod(slope ** 2n - left.x - right.x, p)
  return { x, y: mod(slope * (left.x - x) - left.y, p) }
}

export function multiply(
  scalar: bigint,
  point: Point = base,
): Point | undefined {
  let result: Point | undefined
  let double: Point | undefined = point
  for (let rest = mod(scalar, n); rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = add(result, double)
    double = add(double, double)
  }
  return result
}

export function finite(point: Point | undefined): Point {
  if (!point) throw new RangeError('point at infinity')
  return point
}

export function negate(point: Point): Point {
  return { x: point.x, y: p - point.y }
}

/** The point with this x, if there is one. */
export function lift(x: bigint): Point | undefined {
  const square = mod(x ** 3n - 3n * x + b, p)
  const y = power(square, (p + 1n) / 4n, p)
  return x < p && (y * y) % p === square ? { x, y } : undefined
}

/** The first `count` points with x from `start`, in steps of `step`. */
export function liftFrom(start: bigint, step: bigint, count: number): Point[] {
  const points: Point[] = []
  for (let x = start; points.length < count; x += step) {
    const point = lift(x)
    if (point) points.push(point)
  }
  return points
}

/** The only x with this y, if there is exactly one: the greatest common divisor of `x^p - x` and the curve's cubic. */
export function liftY(y: bigint): Point | undefined {
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

export function liftYFrom(start: bigint, step: bigint, count: number): Point[] {
  const points: Point[] = []
  for (let y = start; points.length < count; y += step) {
    const point = liftY(y)
    if (point) points.push(point)
  }
  return points
}
