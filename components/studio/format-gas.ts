const units = [
  [1e12, 'trillion'],
  [1e9, 'billion'],
  [1e6, 'million'],
] as const

/** An amount of gas in words, with three digits at most: `12.3 million`. */
export function formatGas(gas: number): string {
  for (const [size, unit] of units)
    if (gas >= size) return `${round(gas / size)} ${unit}`
  return gas.toLocaleString('en-US')
}

/** Rounded down. */
function round(amount: number): string {
  const digits = amount >= 100 ? 0 : amount >= 10 ? 1 : 2
  const factor = 10 ** digits
  return (Math.floor(amount * factor) / factor).toLocaleString('en-US')
}
