import { type Hex, size } from 'viem'
import { type BundleSection, encodeSections } from '@/lib/intent/encode-bundle'
import type { QueuedIntent } from './read-queue'

/** Gas of one bundle at most; the protocol allows 16,777,216 per transaction (EIP-7825). */
export const BUNDLE_GAS_MAX = 12_000_000n
/** What an intent costs besides its calls: signature, session word, event, its bytes. */
const INTENT_OVERHEAD = 90_000n
/** What enabling a session costs, account and ERC-1271 included. */
const GRANT_COST = 400_000n
/** SessionManager wants this much left before each grant and call, used or not. */
const HEADROOM = 1_200_000n
const BASE_COST = 80_000n
/** The protocol's floor for a byte of call data (EIP-7623): below it, no node takes the transaction. */
const BYTE_COST = 40n
/** Nodes take transactions of at most 131,072 bytes. */
export const BUNDLE_BYTES_MAX = 98_304
/** What an intent adds besides its own bytes: a table, in the worst case one for itself. */
const SECTION_BYTES = 523

export type PackedBundle = {
  intents: QueuedIntent[]
  /** Sessions whose grants travel along. */
  pendingSessions: Hex[]
  gas: bigint
}

/**
 * Chooses intents in order of arrival until gas or bytes are used up. Lanes keep their order: when one intent does not
 * fit, the later ones of its lane wait too. An intent under suspicion travels alone, and only when it is the oldest.
 */
export function packBundle(queue: readonly QueuedIntent[]): PackedBundle {
  const suspect = queue[0]?.suspicion ? queue[0] : null
  const chosen: QueuedIntent[] = []
  const pendingSessions = new Set<Hex>()
  const blockedLanes = new Set<string>()
  let gas = BASE_COST + HEADROOM
  let bytes = 0
  for (const intent of suspect ? [suspect] : queue) {
    const lane = `${intent.sessionId}:${intent.lane}`
    const more = bytesOf(intent, pendingSessions)
    const cost = costOf(intent, pendingSessions) + BigInt(more) * BYTE_COST
    const fits =
      chosen.length === 0 ||
      (gas + cost <= BUNDLE_GAS_MAX && bytes + more <= BUNDLE_BYTES_MAX)
    if (!fits || blockedLanes.has(lane) || (intent.suspicion && !suspect)) {
      blockedLanes.add(lane)
      continue
    }
    gas += cost
    bytes += more
    chosen.push(intent)
    if (intent.isPending) pendingSessions.add(intent.sessionId)
  }
  return { intents: chosen, pendingSessions: [...pendingSessions], gas }
}

/** The bundle's `sections`: intents that share policy and table stand together, which keeps each lane's order. */
export function toSections(intents: readonly QueuedIntent[]): Hex {
  const sections = new Map<string, BundleSection & { intents: Hex[] }>()
  for (const { policyId, table, packed } of intents) {
    const key = `${policyId}:${table}`
    const section = sections.get(key) ?? { policyId, table, intents: [] }
    section.intents.push(packed)
    sections.set(key, section)
  }
  return encodeSections([...sections.values()])
}

/** A retried intent gets twice the overhead each time: too little gas may be why it failed. */
function costOf(intent: QueuedIntent, granted: ReadonlySet<Hex>): bigint {
  const factor = 2n ** BigInt(Math.min(intent.suspicion, 4))
  const grant =
    intent.isPending && !granted.has(intent.sessionId) ? GRANT_COST : 0n
  return (BigInt(intent.callGas) * 33n) / 32n + INTENT_OVERHEAD * factor + grant
}

function bytesOf(intent: QueuedIntent, granted: ReadonlySet<Hex>): number {
  const isFirst = intent.isPending && !granted.has(intent.sessionId)
  const own = size(intent.packed) + SECTION_BYTES
  return own + (isFirst ? intent.grantBytes : 0)
}
