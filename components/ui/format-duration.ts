const units: [seconds: number, name: string][] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
]

/** `2 hours`, `1 hour 30 minutes`: at most the two largest units. */
export function formatDuration(seconds: number): string {
  let rest = Math.max(0, Math.floor(seconds))
  const parts: string[] = []
  for (const [size, name] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`)
  }
  return parts.slice(0, 2).join(' ') || '0 seconds'
}

/** Clock for a countdown: `1:02:03`, `14:59`, `2d 04h`. */
export function formatClock(seconds: number): string {
  const rest = Math.max(0, Math.floor(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(rest / 3_600)
  if (hours >= 48) return `${Math.floor(hours / 24)}d ${two(hours % 24)}h`
  const minutes = two(Math.floor((rest % 3_600) / 60))
  return hours > 0
    ? `${hours}:${minutes}:${two(rest % 60)}`
    : `${minutes}:${two(rest % 60)}`
}

/** `3 minutes ago`, from unix milliseconds. */
export function formatAgo(thenMs: number, nowMs: number): string {
  const seconds = Math.floor((nowMs - thenMs) / 1_000)
  if (seconds < 5) return 'just now'
  const unit = units.find(([size]) => seconds >= size) ?? units[3]
  if (!unit) return 'just now'
  const count = Math.floor(seconds / unit[0])
  return `${count} ${unit[1]}${count === 1 ? '' : 's'} ago`
}

/** `4 Jun 2026, 14:03 UTC`: the same on the server and in every browser. */
export function formatTime(ms: number): string {
  const iso = new Date(ms).toUTCString()
  return `${iso.slice(5, 16).replace(/^0/, '')}, ${iso.slice(17, 22)} UTC`
}
