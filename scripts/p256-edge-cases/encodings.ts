// Bytes that are no key and no signature.
import { type Hex, numberToHex } from 'viem'
import {
  finite,
  lift,
  liftFrom,
  liftYFrom,
  mod,
  n,
  type Point,
  p,
  top,
  type Vector,
} from './curve'
import { concat } from './vectors'

/** Points that are no keys, and bytes that are no points. */
export function wrongKeys(key: Point): Record<string, Hex> {
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
export function wrongSizes({ r, s }: Vector): Record<string, Hex> {
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
