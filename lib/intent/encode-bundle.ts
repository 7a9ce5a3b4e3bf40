import { type Address, concatHex, type Hex, numberToHex } from 'viem'
import type { SessionKey } from '../session/session'
import { schemeIds } from '../session/session-id'

const KIND_GRANT = 0x80
const KIND_NO_INTENT = 0x40

/** One session's turn in a bundle: its grant, an intent of it, or both. */
export type BundleItem = {
  account: Address
  epoch: number
  key: SessionKey
} & (
  | {
      /** From `encodeGrant`; enabled before the intent runs. */
      grant: Hex
      /** From `encodeIntent`. */
      intent?: Hex | undefined
    }
  | { grant?: undefined; intent: Hex }
)

/** Items that share one policy and table. */
export type BundleSection = {
  /** Zero hash for sessions without a policy. */
  policyId: Hex
  table: Hex
  /** Each from `encodeItem`; at most 65,535. Order is kept. */
  items: readonly Hex[]
}

/** Bytes of one item: `account(20) ‖ kind(1) ‖ epoch(4) ‖ publicKey(64|20) ‖ [grant] ‖ [intent]`. */
export function encodeItem(item: BundleItem): Hex {
  const kind =
    schemeIds[item.key.scheme] |
    (item.grant === undefined ? 0 : KIND_GRANT) |
    (item.intent === undefined ? KIND_NO_INTENT : 0)
  return concatHex([
    item.account,
    numberToHex(kind, { size: 1 }),
    numberToHex(item.epoch, { size: 4 }),
    item.key.publicKey,
    item.grant ?? '0x',
    item.intent ?? '0x',
  ]).toLowerCase() as Hex
}

/** `sections` of `execute`: per section `policyId(32) ‖ table ‖ itemCount(2) ‖ items`. */
export function encodeSections(sections: readonly BundleSection[]): Hex {
  return concatHex(
    sections.flatMap((section) => [
      section.policyId,
      section.table,
      numberToHex(section.items.length, { size: 2 }),
      ...section.items,
    ]),
  ).toLowerCase() as Hex
}
