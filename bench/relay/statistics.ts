/** The value below which `share` (0 to 1) of the values lie; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = Math.ceil(share * sorted.length) - 1
  return sorted[Math.max(0, at)] ?? 0
}

/** Rounded to two decimals. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}
