import { describe, expect, test } from 'vitest'
import { type Phases, p95, p95Ratio, p95RatioInterval } from './p95-ratio'
import { createRandom } from './random'

const RATIO_MAX = 1.5
const SEEDS = Array.from({ length: 12 }, (_, seed) => seed)

/**
 * Phases as the short form measures them: six of each kind, sixty moves in each.
 * @param noise what else the machine does: 0 nothing; 1 so much that the slowest phase takes twice as long as the fastest, and one move in sixteen twice as long again
 */
function measure(seed: number, slowdown: number, noise: number): Phases {
  const random = createRandom(seed)
  const latency = () => 25 + 30 * random() + (random() < 0.06 * noise ? 60 : 0)
  const phases = (factor: number) =>
    Array.from({ length: 6 }, () => {
      const slow = factor * 2 ** (noise * (random() - 0.5))
      return Array.from({ length: 60 }, () => slow * latency())
    })
  return { clean: phases(1), poisoned: phases(slowdown) }
}

function lowOf(phases: Phases): number {
  return p95RatioInterval(phases, createRandom(1)).low
}

describe('p95', () => {
  test('behavior: one in twenty exceeds it', () => {
    expect(p95(Array.from({ length: 100 }, (_, at) => 100 - at))).toBe(95)
    expect(p95([7])).toBe(7)
    expect(p95([])).toBeNaN()
  })
})

describe('p95RatioInterval', () => {
  test('behavior: noise breaks nothing, though the ratio alone would at times', () => {
    const measured = SEEDS.map((seed) => measure(seed, 1, 1))
    expect(Math.max(...measured.map(p95Ratio))).toBeGreaterThan(RATIO_MAX)
    expect(Math.max(...measured.map(lowOf))).toBeLessThan(RATIO_MAX)
  })

  test.each([
    { slowdown: 2, noise: 0.2 },
    { slowdown: 4, noise: 1 },
  ])(
    'behavior: a latency times $slowdown breaks the promise where noise is $noise',
    ({ slowdown, noise }) => {
      const measured = SEEDS.map((seed) => measure(seed, slowdown, noise))
      expect(Math.min(...measured.map(lowOf))).toBeGreaterThan(RATIO_MAX)
    },
  )

  test('behavior: holds the ratio, and is the same for the same seed', () => {
    const phases = measure(5, 1.2, 1)
    const { low, high } = p95RatioInterval(phases, createRandom(1))
    expect(low).toBeLessThan(p95Ratio(phases))
    expect(high).toBeGreaterThan(p95Ratio(phases))
    expect(p95RatioInterval(phases, createRandom(1))).toEqual({ low, high })
  })

  test('behavior: phases without any latency show nothing', () => {
    expect(lowOf({ clean: [[]], poisoned: [[]] })).toBeNaN()
  })
})
