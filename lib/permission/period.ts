/** Number of the period that `nowSeconds` falls into, from 0 at `validAfter`; 0 without a period. */
export function windowAt(
  nowSeconds: number,
  validAfter: number,
  period: number,
): number {
  return period === 0 ? 0 : Math.floor((nowSeconds - validAfter) / period)
}

/** Unix seconds at which the period after the one of `nowSeconds` starts. */
export function nextWindowAt(
  nowSeconds: number,
  validAfter: number,
  period: number,
): number {
  return validAfter + (windowAt(nowSeconds, validAfter, period) + 1) * period
}

/** How many periods begin within `durationSeconds`; 1 without a period. */
export function windowsIn(durationSeconds: number, period: number): number {
  return period === 0 ? 1 : Math.ceil(durationSeconds / period)
}

/** Length of time in words: `1 day 2 hours`. */
export function describeDuration(seconds: number): string {
  const units: [number, string][] = [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ]
  const parts: string[] = []
  let rest = seconds
  for (const [size, unit] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`)
  }
  return parts.length > 0 ? parts.join(' ') : '0 seconds'
}

/** A period as people say it: `every day`, `every 2 hours`. */
export function describePeriod(period: number): string {
  return `every ${describeDuration(period).replace(/^1 (\w+)$/, '$1')}`
}
