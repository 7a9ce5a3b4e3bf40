import type { Hex } from 'viem'
import { BASE_COST, BYTE_COST, ITEM_BYTES, SECTION_BYTES } from './bundle-costs'
import { gasOfIntent } from './gas-of-intent'
import type { QueuedIntent } from './read-queue'

/** Gas of one bundle of several intents at most. */
export const BUNDLE_GAS_MAX = 15_000_000n
/** The protocol takes no more per transaction (EIP-7825). */
const TRANSACTION_GAS_MAX = 16_777_216
/** Nodes take transactions of at most 131,072 bytes. */
export const BUNDLE_BYTES_MAX = 98_304

export type PackedBundle = {
  intents: QueuedIntent[]
  gas: bigint
}

/** What one more intent takes of a bundle. */
type Need = {
  gas: number
  bytes: number
  /** Has to be there, but is not used up. */
  reserve: number
}

/** What is in a bundle so far. */
type Load = Need & {
  /** Sessions whose grant travels along. */
  granted: Set<string>
  sections: Set<string>
}

/**
 * Chooses intents in order of arrival until gas or bytes are used up. Lanes keep their order: when one intent does not
 * fit, the later ones of its lane wait too. An intent under suspicion travels alone, and only when it is the oldest. Of
 * two for one place, which a re-organisation may leave, one travels: what a bundle does to a place is about one intent.
 */
export function packBundle(queue: readonly QueuedIntent[]): PackedBundle {
  const suspect = queue[0]?.suspicion ? queue[0] : null
  const chosen: QueuedIntent[] = []
  const blockedLanes = new Set<string>()
  const places = new Set<string>()
  const load = emptyLoad()
  for (const intent of suspect ? [suspect] : queue) {
    const lane = `${intent.sessionId}:${intent.lane}`
    const place = `${lane}:${intent.sequence}`
    const need = needOf(intent, load)
    const fits =
      chosen.length === 0 ||
      (load.gas + need.gas + Math.max(load.reserve, need.reserve) <=
        Number(BUNDLE_GAS_MAX) &&
        load.bytes + need.bytes <= BUNDLE_BYTES_MAX)
    const mayGo = !blockedLanes.has(lane) && !places.has(place)
    if (!fits || !mayGo || (intent.suspicion && !suspect)) {
      blockedLanes.add(lane)
      continue
    }
    add(load, intent, need)
    places.add(place)
    chosen.push(intent)
  }
  return { intents: chosen, gas: gasOfLoad(load) }
}

/** Gas that a bundle of exactly these intents brings. */
export function gasOfBundle(intents: readonly QueuedIntent[]): bigint {
  const load = emptyLoad()
  for (const intent of intents) add(load, intent, needOf(intent, load))
  return gasOfLoad(load)
}

function emptyLoad(): Load {
  const sets = { granted: new Set<string>(), sections: new Set<string>() }
  return { gas: BASE_COST, bytes: 0, reserve: 0, ...sets }
}

function add(load: Load, intent: QueuedIntent, need: Need): void {
  load.gas += need.gas
  load.bytes += need.bytes
  load.reserve = Math.max(load.reserve, need.reserve)
  load.sections.add(sectionOf(intent))
  if (intent.grant) load.granted.add(intent.sessionId)
}

function gasOfLoad({ gas, reserve }: Load): bigint {
  return BigInt(Math.min(gas + reserve, TRANSACTION_GAS_MAX))
}

function sectionOf({ policyId, table }: QueuedIntent): string {
  return `${policyId}:${table}`
}

function needOf(intent: QueuedIntent, { granted, sections }: Load): Need {
  const grant = granted.has(intent.sessionId) ? null : intent.grant
  const section = sections.has(sectionOf(intent))
    ? 0
    : SECTION_BYTES + sizeOf(intent.table)
  const bytes =
    sizeOf(intent.packed) + ITEM_BYTES + section + (grant?.size ?? 0)
  const gas = Number(gasOfIntent(intent)) + (grant?.gas ?? 0)
  return { gas: gas + bytes * BYTE_COST, bytes, reserve: grant?.reserve ?? 0 }
}

/** Bytes of what is known to be hex. */
function sizeOf(hex: Hex): number {
  return (hex.length - 2) / 2
}
