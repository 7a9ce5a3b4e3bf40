import {
  getAddress,
  type Hex,
  hexToBigInt,
  hexToNumber,
  size,
  slice,
} from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { CompiledRule } from './compile-rule'
import type { Table, TableEntry } from './compile-terms'
import {
  AMOUNT_SIZE,
  CELL_SHIFT,
  FLAG_PERIOD,
  FLAG_RULES,
  FLAG_VALUE,
  SHAPE_SIGNED,
  SHAPE_SUM,
  TOKEN_SHIFT,
} from './encode-table'
import {
  MAX_PERMISSIONS,
  MAX_RULE_VALUES,
  MAX_RULE_WORD,
  MAX_RULES,
  MAX_SPEND_LIMITS,
} from './limits'
import type { SpendLimit } from './terms'
import type { TokenFunction } from './token-function'

/** Reads a table from its first byte to its last. */
class TableReader {
  readonly #table: Hex
  readonly #size: number
  #at = 0

  constructor(table: Hex) {
    this.#table = table
    this.#size = size(table)
  }

  fail(): never {
    throw new PlaykeyError('invalid_table', { details: { offset: this.#at } })
  }

  bytes(length: number): Hex {
    const end = this.#at + length
    if (end > this.#size) this.fail()
    const part = slice(this.#table, this.#at, end)
    this.#at = end
    return part
  }

  /** Whole number of `length` bytes, at most `max`. */
  number(length: number, max = Number.MAX_SAFE_INTEGER): number {
    const value = hexToNumber(this.bytes(length))
    return value <= max ? value : this.fail()
  }

  amount(): bigint {
    return hexToBigInt(this.bytes(AMOUNT_SIZE))
  }

  word(): bigint {
    return hexToBigInt(this.bytes(32))
  }

  end(): void {
    if (this.#at !== this.#size) this.fail()
  }
}

function readRule(
  reader: TableReader,
  hasPeriod: boolean,
): { rule: CompiledRule; meter: number } {
  const word = reader.number(1, MAX_RULE_WORD)
  const shape = reader.number(1)
  if (shape & SHAPE_SUM) {
    const max = reader.amount()
    const maxPerPeriod = hasPeriod ? reader.amount() : max
    if (shape > (SHAPE_SUM | 7)) reader.fail()
    return { rule: { kind: 'sum', word, max, maxPerPeriod }, meter: shape & 7 }
  }
  const isSigned = (shape & SHAPE_SIGNED) !== 0
  const count = shape & ~SHAPE_SIGNED
  if (count < 1 || count > MAX_RULE_VALUES) reader.fail()
  const ranges = Array.from({ length: count }, () => {
    const low = reader.word()
    return { low, high: reader.word() }
  })
  return { rule: { kind: 'ranges', word, isSigned, ranges }, meter: 0 }
}

function readEntry(reader: TableReader): TableEntry {
  const flags = reader.number(1)
  const withValue = (flags & FLAG_VALUE) !== 0
  const hasPeriod = (flags & FLAG_PERIOD) !== 0
  const to = getAddress(reader.bytes(20))
  const selector = reader.bytes(4)
  const maxCalls = reader.number(4)
  const valueMeter = withValue ? reader.number(1, 7) : 0
  const maxValuePerCall = withValue ? reader.amount() : 0n
  const maxValue = withValue ? reader.amount() : 0n
  const period = hasPeriod ? reader.number(4) : 0
  const maxCallsPerPeriod = hasPeriod ? reader.number(4) : 0
  const maxValuePerPeriod = hasPeriod && withValue ? reader.amount() : 0n
  const ruleCount = flags & FLAG_RULES ? reader.number(1, MAX_RULES) : 0
  const rules = Array.from({ length: ruleCount }, () =>
    readRule(reader, hasPeriod),
  )
  return {
    ...{ to, selector, maxCalls, maxValuePerCall, maxValue },
    ...{ period, maxCallsPerPeriod, maxValuePerPeriod, valueMeter },
    tokenFunction: ((flags >> TOKEN_SHIFT) & 3) as TokenFunction,
    cell: flags >> CELL_SHIFT,
    rules: rules.map(({ rule }) => rule),
    sumMeters: rules.map(({ meter }) => meter),
  }
}

function readSpend(reader: TableReader): SpendLimit {
  return {
    token: getAddress(reader.bytes(20)),
    maxAmount: reader.amount(),
    period: reader.number(4),
    maxAmountPerPeriod: reader.amount(),
  }
}

/**
 * What a packed table says; the other direction of `packTable`.
 * @throws PlaykeyError `invalid_table` when bytes are missing, left over or without meaning.
 */
export function decodeTable(table: Hex): Table {
  const reader = new TableReader(table)
  const counts = reader.number(1)
  const entryCount = counts & 15
  const spendCount = counts >> 4
  if (entryCount > MAX_PERMISSIONS || spendCount > MAX_SPEND_LIMITS) {
    reader.fail()
  }
  const entries = Array.from({ length: entryCount }, () => readEntry(reader))
  const spends = Array.from({ length: spendCount }, () => readSpend(reader))
  reader.end()
  return { entries, spends }
}
