type IdenticonProps = { address: string; className?: string }

/** Hue of an address, 0 to 359; the same wherever this address is shown. */
export function hueOf(address: string): number {
  return Number.parseInt(address.slice(2, 8), 16) % 360
}

/** Mirrored pixel face made from an address; decorative. */
export function Identicon({ address, className = 'size-6' }: IdenticonProps) {
  const bits = BigInt(`0x${address.slice(2, 12)}`)
  const cells: [number, number][] = []
  for (let row = 0; row < 5; row++) {
    for (let column = 0; column < 3; column++) {
      if (((bits >> BigInt(row * 3 + column)) & 1n) === 0n) continue
      cells.push([column, row])
      if (column < 2) cells.push([4 - column, row])
    }
  }
  const hue = hueOf(address)
  return (
    <svg
      viewBox="-1 -1 7 7"
      className={`${className} shrink-0 rounded-md`}
      aria-hidden="true"
      shapeRendering="crispEdges"
    >
      <rect x="-1" y="-1" width="7" height="7" fill={`hsl(${hue} 30% 18%)`} />
      <path
        fill={`hsl(${hue} 80% 72%)`}
        d={cells.map(([x, y]) => `M${x} ${y}h1v1h-1z`).join('')}
      />
    </svg>
  )
}
