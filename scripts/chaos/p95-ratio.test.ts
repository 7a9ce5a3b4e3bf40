import { describe, expect, test } from 'vitest'
import { type Phases, p95, p95Ratio, p95RatioInterval } from './p95-ratio'
import { createRandom } from './random'

const RATIO_MAX = 1.5
const SEEDS = Array.from({ length: 12 }, (_, seed) => seed)

/**
 * Phases as the short form measures them: twelve of each kind, 45 moves in each.
 * @param noise what else the machine does to whole phases: standard deviation of the logarithm of how slow it makes them
 */
function measure(seed: number, slowdown: number, noise: number): Phases {
  const random = createRandom(seed)
  const bell = () =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const phases = (factor: number) =>
    Array.from({ length: 12 }, () => {
      const slow = factor * Math.exp(noise * bell())
      return Array.from({ length: 45 }, () => slow * (25 + 35 * random()))
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
  test('behavior: its lower end tells noise from a slowdown, where the ratio alone does not', () => {
    const measured = SEEDS.map((seed) => measure(seed, 1, 0.7))
    expect(Math.max(...measured.map(p95Ratio))).toBeGreaterThan(RATIO_MAX)
    expect(Math.max(...measured.map(lowOf))).toBeLessThan(RATIO_MAX)
  })

  test.each([
    { slowdown: 2, noise: 0.1 },
    { slowdown: 4, noise: 0.4 },
  ])(
    'behavior: its lower end shows a latency times $slowdown where noise is $noise',
    ({ slowdown, noise }) => {
      const measured = SEEDS.map((seed) => measure(seed, slowdown, noise))
      expect(Math.min(...measured.map(lowOf))).toBeGreaterThan(RATIO_MAX)
    },
  )

  test('behavior: holds the ratio, and is the same for the same seed', () => {
    const phases = measure(5, 1.2, 0.4)
    const { low, high } = p95RatioInterval(phases, createRandom(1))
    expect(low).toBeLessThan(p95Ratio(phases))
    expect(high).toBeGreaterThan(p95Ratio(phases))
    expect(p95RatioInterval(phases, createRandom(1))).toEqual({ low, high })
  })

  test('behavior: phases without any latency show nothing', () => {
    expect(lowOf({ clean: [[]], poisoned: [[]] })).toBeNaN()
  })
})
