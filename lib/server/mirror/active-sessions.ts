import type { Hex } from 'viem'

const KEPT = 2_000

/** Sessions of which this process saw events last, each once, the latest at the end. */
const seen = new Set<Hex>()

/** Remembers sessions that something happened in. */
export function noteActive(ids: Iterable<Hex>): void {
  for (const id of ids) {
    seen.delete(id)
    seen.add(id)
  }
  for (const id of seen) {
    if (seen.size <= KEPT) return
    seen.delete(id)
  }
}

/** The sessions that were active last, at most `count`. */
export function recentlyActive(count: number): Hex[] {
  return [...seen].slice(-count).reverse()
}
