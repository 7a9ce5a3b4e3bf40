import { type Address, concatHex, type Hex, numberToHex } from 'viem'
import type { SessionKey } from '../session/session'
import { schemeIds } from '../session/session-id'

const KIND_REPEATS_TERMS = 0x04
const KIND_LANE = 0x20
const KIND_NO_INTENT = 0x40
const KIND_GRANT = 0x80
/** Where the signature of an encoded intent begins. */
const REST_FROM = 18

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
  /** 1 to 65,535. Order is kept. */
  items: readonly BundleItem[]
}

/** An intent as `encodeIntent` writes it, in parts. */
function splitIntent(intent: Hex) {
  if (intent.length < 2 + 2 * REST_FROM) throw new RangeError('not an intent')
  const part = (from: number, to?: number) =>
    `0x${intent.slice(2 + 2 * from, to && 2 + 2 * to)}` as Hex
  return {
    ...{ lane: part(0, 4), place: part(4, 9), terms: part(9, REST_FROM) },
    rest: part(REST_FROM),
  }
}

/**
 * Bytes of one item: `account(20) ‖ kind(1) ‖ epoch(4) ‖ publicKey(64|20) ‖ [grant] ‖ [intent]`. Of the intent, lane 0 is
 * left out, and so are expiry and gas when they are those of the intent before.
 * @param before Expiry and gas of the last intent before this item.
 */
function encodeItem(item: BundleItem, before: Hex | null): Hex {
  const intent = item.intent === undefined ? null : splitIntent(item.intent)
  const withLane = intent !== null && !/^0x0+$/.test(intent.lane)
  const repeatsTerms = intent !== null && intent.terms === before
  const kind =
    schemeIds[item.key.scheme] |
    (item.grant === undefined ? 0 : KIND_GRANT) |
    (intent === null ? KIND_NO_INTENT : 0) |
    (withLane ? KIND_LANE : 0) |
    (repeatsTerms ? KIND_REPEATS_TERMS : 0)
  return concatHex([
    item.account,
    numberToHex(kind, { size: 1 }),
    numberToHex(item.epoch, { size: 4 }),
    item.key.publicKey,
    item.grant ?? '0x',
    ...(intent === null
      ? []
      : [
          withLane ? intent.lane : '0x',
          intent.place,
          repeatsTerms ? '0x' : intent.terms,
          intent.rest,
        ]),
  ] as Hex[]).toLowerCase() as Hex
}

/** `sections` of `execute`: per section `policyId(32) ‖ table ‖ itemCount(2) ‖ items`. */
export function encodeSections(sections: readonly BundleSection[]): Hex {
  let before: Hex | null = null
  const parts: Hex[] = []
  for (const { policyId, table, items } of sections) {
    parts.push(policyId, table, numberToHex(items.length, { size: 2 }))
    for (const item of items) {
      parts.push(encodeItem(item, before))
      if (item.intent !== undefined) before = splitIntent(item.intent).terms
    }
  }
  return concatHex(parts).toLowerCase() as Hex
}
