import type { Hex } from 'viem'
import { spendMeterOf, type Table } from '@/lib/permission/compile-terms'
import { decodeTable } from '@/lib/permission/decode-table'

/** Tables repeat from session to session; the newest few hundred stay decoded. */
const tables = new Map<Hex, Table>()
const TABLES_MAX = 500

/** A stored table, decoded. @throws PlaykeyError `invalid_table` */
export function readTable(bytes: Hex): Table {
  const known = tables.get(bytes)
  if (known) return known
  const table = decodeTable(bytes)
  if (tables.size >= TABLES_MAX) tables.clear()
  tables.set(bytes, table)
  return table
}

/** Meters that a table uses, ascending, each with the length of its period in seconds (0 = none). */
export function metersOf({
  entries,
  spends,
}: Table): { index: number; period: number }[] {
  const ofEntries = entries.flatMap((entry) => {
    const { period, maxValue, valueMeter, rules, sumMeters } = entry
    const sums = sumMeters.filter((_, rule) => rules[rule]?.kind === 'sum')
    const indexes = maxValue > 0n ? [valueMeter, ...sums] : sums
    return indexes.map((index) => ({ index, period }))
  })
  const ofSpends = spends.map(({ period }, index) => ({
    index: spendMeterOf(index),
    period,
  }))
  return [...ofEntries, ...ofSpends].sort((a, b) => a.index - b.index)
}

/** What SQL needs to know of a session's table. */
export function tableColumnsOf(table: Table): {
  callCells: number[]
  meterIndexes: number[]
} {
  return {
    callCells: table.entries.map(({ cell }) => cell + 1),
    meterIndexes: metersOf(table).map(({ index }) => index),
  }
}
