import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_INTENT_TTL_SECONDS } from '../session/limits'
import { expiryAt } from './expiry'

test('behavior: a whole minute, at least two minutes ahead, and never more than the contract takes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 - 1_000 }), (nowSeconds) => {
      const expiry = expiryAt(nowSeconds)
      expect(expiry % 60).toBe(0)
      expect(expiry - nowSeconds).toBeGreaterThanOrEqual(120)
      expect(expiry - nowSeconds).toBeLessThan(180)
      expect(expiry - nowSeconds).toBeLessThanOrEqual(MAX_INTENT_TTL_SECONDS)
    }),
  )
})

test('behavior: all of one minute share it', () => {
  const minute = Array.from({ length: 60 }, (_, at) => expiryAt(60_001 + at))
  expect(new Set(minute)).toEqual(new Set([60_180]))
})
