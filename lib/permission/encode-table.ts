import { concatHex, type Hex, keccak256, numberToHex } from 'viem'
import type { CompiledRule } from './compile-rule'
import { compileTerms, type Table, type TableEntry } from './compile-terms'
import type { SpendLimit, Terms } from './terms'

/** Flag bit: calls of the entry may carry value, and its limits follow. */
export const FLAG_VALUE = 1
/** Flag bit: limits per period follow. */
export const FLAG_PERIOD = 2
/** Flag bit: rules follow. */
export const FLAG_RULES = 4
/** Where the code of a token function stands in the flags. */
export const TOKEN_SHIFT = 3
/** Where the index of the first counter cell stands in the flags. */
export const CELL_SHIFT = 5
/** Shape bit of a rule: a sum, whose meter stands in the low bits. */
export const SHAPE_SUM = 0x80
/** Shape bit of a rule: the word is signed. */
export const SHAPE_SIGNED = 0x40
/** Bytes of an amount: 112 bits. */
export const AMOUNT_SIZE = 14

function amount(value: bigint): Hex {
  return numberToHex(value, { size: AMOUNT_SIZE })
}

/** Whether the contract's flag bit 0 is set for this permission. */
export function carriesValue(permission: { maxValue: bigint }): boolean {
  return permission.maxValue > 0n
}

function encodeRule(
  rule: CompiledRule,
  meter: number | undefined,
  hasPeriod: boolean,
): Hex[] {
  const word = numberToHex(rule.word, { size: 1 })
  if (rule.kind === 'sum') {
    const shape = numberToHex(SHAPE_SUM | (meter ?? 0), { size: 1 })
    const period = hasPeriod ? [amount(rule.maxPerPeriod)] : []
    return [word, shape, amount(rule.max), ...period]
  }
  const signed = rule.isSigned ? SHAPE_SIGNED : 0
  return [
    word,
    numberToHex(signed | rule.ranges.length, { size: 1 }),
    ...rule.ranges.flatMap(({ low, high }) => [
      numberToHex(low, { size: 32 }),
      numberToHex(high, { size: 32 }),
    ]),
  ]
}

function encodeEntry(entry: TableEntry): Hex {
  const withValue = carriesValue(entry)
  const hasPeriod = entry.period > 0
  const flags =
    (withValue ? FLAG_VALUE : 0) |
    (hasPeriod ? FLAG_PERIOD : 0) |
    (entry.rules.length > 0 ? FLAG_RULES : 0) |
    (entry.tokenFunction << TOKEN_SHIFT) |
    (entry.cell << CELL_SHIFT)
  const parts: Hex[] = [
    numberToHex(flags, { size: 1 }),
    entry.to,
    entry.selector,
    numberToHex(entry.maxCalls, { size: 4 }),
  ]
  if (withValue) {
    parts.push(numberToHex(entry.valueMeter, { size: 1 }))
    parts.push(amount(entry.maxValuePerCall), amount(entry.maxValue))
  }
  if (hasPeriod) {
    parts.push(numberToHex(entry.period, { size: 4 }))
    parts.push(numberToHex(entry.maxCallsPerPeriod, { size: 4 }))
    if (withValue) parts.push(amount(entry.maxValuePerPeriod))
  }
  if (entry.rules.length > 0) {
    parts.push(numberToHex(entry.rules.length, { size: 1 }))
    entry.rules.forEach((rule, index) => {
      parts.push(...encodeRule(rule, entry.sumMeters[index], hasPeriod))
    })
  }
  return concatHex(parts)
}

function encodeSpend(limit: SpendLimit): Hex {
  return concatHex([
    limit.token,
    amount(limit.maxAmount),
    numberToHex(limit.period, { size: 4 }),
    amount(limit.maxAmountPerPeriod),
  ])
}

/** A table as bundles carry it: `counts(1) ‖ entries ‖ spends`, permissions in the low four bits of the counts. */
export function packTable({ entries, spends }: Table): Hex {
  return concatHex([
    numberToHex((spends.length << 4) | entries.length, { size: 1 }),
    ...entries.map(encodeEntry),
    ...spends.map(encodeSpend),
  ]).toLowerCase() as Hex
}

/**
 * Packed table of `terms`, in their order.
 * @throws PlaykeyError the first reason why the terms have no table.
 */
export function encodeTable(terms: Terms): Hex {
  return packTable(compileTerms(terms))
}

/** Hash that the session id commits to. @throws PlaykeyError like `encodeTable`. */
export function tableHashOf(terms: Terms): Hex {
  return keccak256(encodeTable(terms))
}
