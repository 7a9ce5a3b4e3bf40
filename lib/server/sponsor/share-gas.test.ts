import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shareGas } from './share-gas'

describe('shareGas', () => {
  test('default: each pays in proportion to what it was admitted for', () => {
    expect(shareGas(90_000n, [100_000, 200_000])).toEqual([30_000, 60_000])
  })

  test('behavior: in all exactly what was used, and nobody gets anything back', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 16_777_216n }),
        fc.array(fc.integer({ min: 1, max: 16_777_216 }), { minLength: 1 }),
        (gasUsed, reserved) => {
          const shares = shareGas(gasUsed, reserved)
          expect(shares).toHaveLength(reserved.length)
          expect(shares.every((share) => share >= 0)).toBe(true)
          const sum = shares.reduce((total, share) => total + share, 0)
          expect(BigInt(sum)).toBe(gasUsed)
        },
      ),
    )
  })

  test('behavior: nothing reserved, nothing shared', () => {
    expect(shareGas(21_000n, [])).toEqual([])
    expect(shareGas(21_000n, [0, 0])).toEqual([0, 0])
  })
})
