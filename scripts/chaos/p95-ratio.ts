import { pick } from './random'

/** Latencies in ms, those of each phase by themselves. */
export type Phases = {
  clean: readonly (readonly number[])[]
  poisoned: readonly (readonly number[])[]
}

/** Both inclusive. */
export type Interval = { low: number; high: number }

const RESAMPLES = 1_000
/** What lies outside, half of it on either side. */
const OUTSIDE = 0.05

/** The latency that one in twenty exceeds, in ms. NaN of nothing. */
export function p95(values: readonly number[]): number {
  const sorted = new Float64Array(values).sort()
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN
}

/** How many times as long honest players wait beside poison. */
export function p95Ratio({ clean, poisoned }: Phases): number {
  return p95(poisoned.flat()) / p95(clean.flat())
}

/**
 * The 95 % interval of that ratio, by block bootstrap: phases are drawn again and again, not single latencies, for those
 * of a phase have whatever else the machine did in common. The same for the same `random`.
 */
export function p95RatioInterval(
  { clean, poisoned }: Phases,
  random: () => number,
): Interval {
  const ratios = Float64Array.from({ length: RESAMPLES }, () =>
    p95Ratio({ clean: draw(random, clean), poisoned: draw(random, poisoned) }),
  ).sort()
  const at = (share: number) =>
    ratios[Math.round(share * (RESAMPLES - 1))] ?? Number.NaN
  return { low: at(OUTSIDE / 2), high: at(1 - OUTSIDE / 2) }
}

/** As many as there are, with replacement. */
function draw<Item>(random: () => number, items: readonly Item[]): Item[] {
  return items.map(() => pick(random, items))
}
