import { describe, expect, test } from 'vitest'
import { createRateLimiter } from './rate-limiter'

describe('createRateLimiter', () => {
  test('behavior: a burst passes, then the refill rate', () => {
    const limiter = createRateLimiter(3, 2)
    expect([0, 0, 0].map(() => limiter.take('a', 0))).toEqual([0, 0, 0])
    expect(limiter.take('a', 0)).toBe(500)
    expect(limiter.take('a', 499)).toBeGreaterThan(0)
    expect(limiter.take('a', 1_000)).toBe(0)
  })

  test('behavior: one key does not slow another', () => {
    const limiter = createRateLimiter(1, 1)
    expect(limiter.take('a', 0)).toBe(0)
    expect(limiter.take('a', 0)).toBe(1_000)
    expect(limiter.take('b', 0)).toBe(0)
  })

  test('behavior: memory is bounded; the key in use is kept', () => {
    const limiter = createRateLimiter(1, 1, 2)
    for (const key of ['a', 'b', 'a', 'c']) limiter.take(key, 0)
    expect(limiter.take('a', 0)).toBeGreaterThan(0)
    expect(limiter.take('b', 0)).toBe(0)
  })
})
