import { concatHex, type Hex, numberToHex } from 'viem'
import { decodeTable } from '../permission/encode-table'

/** Intents that share one policy and table. */
export type BundleSection = {
  /** Zero hash for sessions without a policy. */
  policyId: Hex
  table: Hex
  /** Each from `encodeIntent`; at most 65,535. Order is kept. */
  intents: readonly Hex[]
}

/** `sections` of `execute`: per section `policyId(32) ‖ entryCount(1) ‖ table ‖ intentCount(2) ‖ intents`. */
export function encodeSections(sections: readonly BundleSection[]): Hex {
  return concatHex(
    sections.flatMap((section) => [
      section.policyId,
      numberToHex(decodeTable(section.table).length, { size: 1 }),
      section.table,
      numberToHex(section.intents.length, { size: 2 }),
      ...section.intents,
    ]),
  ).toLowerCase() as Hex
}
