import type { RelayEvent } from '@/lib/rpc/relay-event'

/**
 * Tells of each event whether a stream has to carry it. Finality is told to all streams with every block; it is news only
 * to one that was told of an intent which it makes final.
 */
export function createFinalityGate(): (event: RelayEvent) => boolean {
  /** Lowest and highest block of intents that were told and are not final. */
  let open: { low: number; high: number } | null = null
  return (event) => {
    if (event.type === 'intent' && typeof event.blockNumber === 'number') {
      const { blockNumber } = event
      const { low, high } = open ?? { low: blockNumber, high: blockNumber }
      open = {
        low: Math.min(low, blockNumber),
        high: Math.max(high, blockNumber),
      }
    }
    if (event.type !== 'final') return true
    if (!open || event.blockNumber < open.low) return false
    const { high } = open
    const low = event.blockNumber + 1
    open = low > high ? null : { low, high }
    return true
  }
}
