// Keys and hashes at their extremes.
import {
  add,
  base,
  divide,
  finite,
  liftFrom,
  liftYFrom,
  mod,
  multiply,
  n,
  negate,
  type Point,
  p,
  top,
} from './curve'
import { combining, digest, scalar, signed } from './sign'
import { digests, hashes } from './vectors'

export function addKeys(): void {
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

export function addHashes(): void {
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
