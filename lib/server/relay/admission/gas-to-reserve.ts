import { size } from 'viem'
import {
  BASE_COST,
  BYTE_COST,
  ITEM_BYTES,
  SECTION_BYTES,
} from '../bundle/bundle-costs'
import { gasOfIntent, type IntentShape } from '../bundle/gas-of-intent'

/** An intent that may take more sidelines its session: it must not fill the bundles of others. */
const HEAVY_GAS = 2_000_000

/** What an intent is admitted for. */
export type ReservedGas = {
  /** Gas of a bundle that carries nothing else: whatever bundle it travels in, its share of what was used is not more. */
  gas: number
  isHeavy: boolean
}

/** @param grant The grant that it has to bring along, if it is the first to go. */
export function gasToReserve(
  intent: Omit<IntentShape, 'suspicion'>,
  grant: { size: number; gas: number } | null,
): ReservedGas {
  const ownGas = Number(gasOfIntent({ ...intent, suspicion: 0 }))
  const section = SECTION_BYTES + size(intent.table)
  const bytes = size(intent.packed) + ITEM_BYTES + section + (grant?.size ?? 0)
  return {
    gas: BASE_COST + ownGas + (grant?.gas ?? 0) + bytes * BYTE_COST,
    isHeavy: ownGas > HEAVY_GAS,
  }
}
