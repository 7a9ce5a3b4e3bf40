import { size } from 'viem'
import { gasOfIntent } from './gas-of-intent'
import type { QueuedIntent } from './read-queue'

/** Gas of one bundle of several intents at most. */
export const BUNDLE_GAS_MAX = 12_000_000n
/** The protocol takes no more per transaction (EIP-7825). */
const TRANSACTION_GAS_MAX = 16_777_216n
const BASE_COST = 80_000n
/** The protocol's floor for a byte of call data (EIP-7623): below it, no node takes the transaction. */
const BYTE_COST = 40n
/** Nodes take transactions of at most 131,072 bytes. */
export const BUNDLE_BYTES_MAX = 98_304
/** What a section adds besides its table. */
const SECTION_BYTES = 34
/** What an item adds besides its intent and grant, at most. */
const ITEM_BYTES = 89

export type PackedBundle = {
  intents: QueuedIntent[]
  gas: bigint
}

/** What one more intent takes of a bundle. */
type Need = {
  gas: bigint
  bytes: number
  /** Has to be there, but is not used up. */
  reserve: bigint
}

/**
 * Chooses intents in order of arrival until gas or bytes are used up. Lanes keep their order: when one intent does not
 * fit, the later ones of its lane wait too. An intent under suspicion travels alone, and only when it is the oldest.
 */
export function packBundle(queue: readonly QueuedIntent[]): PackedBundle {
  const suspect = queue[0]?.suspicion ? queue[0] : null
  const chosen: QueuedIntent[] = []
  const granted = new Set<string>()
  const sections = new Set<string>()
  const blockedLanes = new Set<string>()
  let gas = BASE_COST
  let bytes = 0
  let reserve = 0n
  for (const intent of suspect ? [suspect] : queue) {
    const lane = `${intent.sessionId}:${intent.lane}`
    const need = needOf(intent, granted, sections)
    const highest = need.reserve > reserve ? need.reserve : reserve
    const fits =
      chosen.length === 0 ||
      (gas + need.gas + highest <= BUNDLE_GAS_MAX &&
        bytes + need.bytes <= BUNDLE_BYTES_MAX)
    if (!fits || blockedLanes.has(lane) || (intent.suspicion && !suspect)) {
      blockedLanes.add(lane)
      continue
    }
    gas += need.gas
    bytes += need.bytes
    reserve = highest
    chosen.push(intent)
    sections.add(sectionOf(intent))
    if (intent.grant) granted.add(intent.sessionId)
  }
  return { intents: chosen, gas: gasOfBundle(chosen) }
}

/** Gas that a bundle of exactly these intents brings. */
export function gasOfBundle(intents: readonly QueuedIntent[]): bigint {
  const granted = new Set<string>()
  const sections = new Set<string>()
  let gas = BASE_COST
  let reserve = 0n
  for (const intent of intents) {
    const need = needOf(intent, granted, sections)
    gas += need.gas
    if (need.reserve > reserve) reserve = need.reserve
    sections.add(sectionOf(intent))
    if (intent.grant) granted.add(intent.sessionId)
  }
  gas += reserve
  return gas < TRANSACTION_GAS_MAX ? gas : TRANSACTION_GAS_MAX
}

function sectionOf({ policyId, table }: QueuedIntent): string {
  return `${policyId}:${table}`
}

function needOf(
  intent: QueuedIntent,
  granted: ReadonlySet<string>,
  sections: ReadonlySet<string>,
): Need {
  const grant = granted.has(intent.sessionId) ? null : intent.grant
  const section = sections.has(sectionOf(intent))
    ? 0
    : SECTION_BYTES + size(intent.table)
  const bytes = size(intent.packed) + ITEM_BYTES + section + (grant?.size ?? 0)
  const gas = gasOfIntent(intent) + BigInt(grant?.gas ?? 0)
  const reserve = BigInt(grant?.reserve ?? 0)
  return { gas: gas + BigInt(bytes) * BYTE_COST, bytes, reserve }
}
