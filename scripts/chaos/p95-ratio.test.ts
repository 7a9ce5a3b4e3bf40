import { describe, expect, test } from 'vitest'
import { type Phases, p95, p95Ratio, p95RatioInterval } from './p95-ratio'
import { createRandom } from './random'

const RATIO_MAX = 1.5
const SEEDS = Array.from({ length: 20 }, (_, seed) => seed)

/** Phases as the short form measures them, on a machine that does other things as well: it makes whole phases slow, and some of their moves much slower. */
function measure(seed: number, slowdown: number): Phases {
  const random = createRandom(seed)
  const phase = (factor: number) => {
    const slow = factor * 2 ** (0.6 * (random() - 0.5))
    return Array.from(
      { length: 60 },
      () => slow * (40 + 30 * random() + (random() < 0.06 ? 60 : 0)),
    )
  }
  const phases = (factor: number) =>
    Array.from({ length: 6 }, () => phase(factor))
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
    const measured = SEEDS.map((seed) => measure(seed, 1))
    expect(Math.max(...measured.map(p95Ratio))).toBeGreaterThan(RATIO_MAX)
    expect(Math.max(...measured.map(lowOf))).toBeLessThan(RATIO_MAX)
  })

  test('behavior: a real slowdown breaks the promise, whatever the noise', () => {
    const measured = SEEDS.map((seed) => measure(seed, 3))
    expect(Math.min(...measured.map(lowOf))).toBeGreaterThan(RATIO_MAX)
  })

  test('behavior: holds the ratio, and is the same for the same seed', () => {
    const phases = measure(5, 1.2)
    const { low, high } = p95RatioInterval(phases, createRandom(1))
    expect(low).toBeLessThan(p95Ratio(phases))
    expect(high).toBeGreaterThan(p95Ratio(phases))
    expect(p95RatioInterval(phases, createRandom(1))).toEqual({ low, high })
  })

  test('behavior: phases without any latency show nothing', () => {
    expect(lowOf({ clean: [[]], poisoned: [[]] })).toBeNaN()
  })
})
