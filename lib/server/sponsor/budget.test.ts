import { expect, test } from 'vitest'
import { waitOf } from './budget'

const limit = { gas: 0, intervalMs: 2, burstMs: 1_000 }
const limits = { session: limit, player: limit, game: limit, studio: limit }
const NOW = 1_000_000

/** Takes as many as come at once, as the store statement counts them. */
function take(times: number, nowMs: number, readyMs: number): number {
  let ready = readyMs
  for (let count = 0; count < times; count += 1) {
    const budget = { scope: 'session', readyMs: ready } as const
    if (waitOf(budget, nowMs, limits) > 0) return count
    ready = Math.max(ready, nowMs) + limit.intervalMs
  }
  return times
}

test('behavior: a burst is taken at once, but for the margin between clocks; then one for each interval', () => {
  expect(take(1_000, NOW, 0)).toBe(450)
  const full = NOW + 900
  expect(waitOf({ scope: 'session', readyMs: full }, NOW, limits)).toBe(2)
  expect(take(1_000, NOW + 10, full)).toBe(5)
})

test('behavior: who was quiet has no more than a burst', () => {
  expect(take(5_000, NOW + 3_600_000, NOW)).toBe(450)
})

test('behavior: without a rate nobody waits', () => {
  const none = { ...limits, game: { ...limit, intervalMs: 0 } }
  expect(waitOf({ scope: 'game', readyMs: NOW * 2 }, NOW, none)).toBe(0)
})
