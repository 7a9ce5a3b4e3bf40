import { formatEther } from 'viem'
import { getMetrics } from './metrics'

/** A transaction of one of the relay's keys that has ended. */
export type EndedTransaction = {
  purpose: string
  /** `dropped`: another transaction used its nonce. `cancelled`: our no-op did. */
  ending: 'included' | 'failed' | 'dropped' | 'cancelled'
  /** Intents it carried. */
  intents: number
  /** Of its receipt, or of its no-op's; null when there is none. */
  gasUsed: bigint | null
  /** Wei. */
  gasPriceWei: bigint | null
}

const purposes = ['bundle', 'publish', 'revoke', 'pause', 'unpause', 'noop']

/** Counts a transaction that has ended. */
export function noteTransaction(ended: EndedTransaction): void {
  const metrics = getMetrics()
  const purpose = purposes.includes(ended.purpose) ? ended.purpose : 'other'
  const { ending, intents, gasUsed, gasPriceWei } = ended
  metrics.transactions.inc({ purpose, ending })
  if (ending === 'dropped') metrics.lostNonces.inc()
  if (ending === 'included' && purpose === 'bundle')
    metrics.bundleIntents.observe(intents)
  if (gasUsed === null || gasPriceWei === null) return
  metrics.gasUsed.inc({ purpose }, Number(gasUsed))
  metrics.gasPriceWei.set(Number(gasPriceWei))
  const ether = Number(formatEther(gasUsed * gasPriceWei))
  metrics.feesEther.inc({ purpose }, ether)
}

/** Counts a further attempt for a nonce: a dearer one, or a no-op that takes its place. */
export function countReplacement(kind: 'dearer' | 'noop'): void {
  getMetrics().replacements.inc({ kind })
}

/** Counts a re-organisation. @param depth Blocks that were undone. */
export function noteReorganisation(depth: bigint): void {
  getMetrics().reorganisationDepth.observe(Number(depth))
}
