import type { Table, TableEntry } from '../permission/compile-terms'
import { spendMeterOf } from '../permission/compile-terms'
import { MAX_CELLS, MAX_METERS } from '../permission/limits'
import { windowAt } from '../permission/period'
import type { PermissionUsage, UsageJson } from '../permission/permission'
import type { SpendUsage } from '../permission/terms'

/** What was charged against one limit in amounts: wei, token units or sums of an argument. */
export type Meter = {
  /** Over the whole session. */
  total: bigint
  /** Period of the last charge, from 0. */
  window: number
  /** Charged in that period. */
  inWindow: bigint
}

/** What a session has used up, as the chain keeps it. */
export type SessionUsage = {
  /** Eight counter cells. An entry has one, its calls; with a period three: calls, last period, calls in it. */
  cells: number[]
  /** Eight meters. */
  meters: Meter[]
}

/** Usage as JSON carries it: amounts as decimal strings. */
export type SessionUsageJson = {
  cells: number[]
  meters: { total: string; window: number; inWindow: string }[]
}

/** When a session counts from, and what time it is. */
export type UsageClock = {
  nowSeconds: number
  /** Unix seconds, start of the first period. */
  validAfter: number
}

/** Usage of a session that has done nothing. */
export function emptyUsage(): SessionUsage {
  return {
    cells: Array.from({ length: MAX_CELLS }, () => 0),
    meters: Array.from({ length: MAX_METERS }, () => ({
      total: 0n,
      window: 0,
      inWindow: 0n,
    })),
  }
}

/** Usage as JSON carries it. */
export function toUsageJson({ cells, meters }: SessionUsage): SessionUsageJson {
  return {
    cells: [...cells],
    meters: meters.map(({ total, window, inWindow }) => ({
      total: total.toString(),
      window,
      inWindow: inWindow.toString(),
    })),
  }
}

/** Usage from JSON of our own making. @throws SyntaxError when an amount is not a number. */
export function fromUsageJson({
  cells,
  meters,
}: SessionUsageJson): SessionUsage {
  return {
    cells: [...cells],
    meters: meters.map(({ total, window, inWindow }) => ({
      total: BigInt(total),
      window,
      inWindow: BigInt(inWindow),
    })),
  }
}

function meterUsage(
  usage: SessionUsage,
  index: number,
  period: number,
  { nowSeconds, validAfter }: UsageClock,
): UsageJson {
  const meter = usage.meters[index] ?? { total: 0n, window: 0, inWindow: 0n }
  const isNow = meter.window === windowAt(nowSeconds, validAfter, period)
  const inPeriod = period === 0 ? meter.total : isNow ? meter.inWindow : 0n
  return { total: meter.total.toString(), inPeriod: inPeriod.toString() }
}

function entryUsage(
  entry: TableEntry,
  usage: SessionUsage,
  clock: UsageClock,
): PermissionUsage {
  const [calls = 0, window = 0, inWindow = 0] = usage.cells.slice(entry.cell)
  const { period } = entry
  const isNow = window === windowAt(clock.nowSeconds, clock.validAfter, period)
  const read = (meter: number) => meterUsage(usage, meter, period, clock)
  const value =
    entry.maxValue > 0n ? read(entry.valueMeter) : { total: '0', inPeriod: '0' }
  return {
    calls,
    callsInPeriod: period === 0 ? calls : isNow ? inWindow : 0,
    valueWei: value.total,
    valueInPeriodWei: value.inPeriod,
    sums: entry.rules.flatMap((rule, index) =>
      rule.kind === 'sum' ? [read(entry.sumMeters[index] ?? 0)] : [],
    ),
  }
}

/** What was used of each permission, in table order. */
export function permissionUsageOf(
  table: Table,
  usage: SessionUsage,
  clock: UsageClock,
): PermissionUsage[] {
  return table.entries.map((entry) => entryUsage(entry, usage, clock))
}

/** What was spent of each token that has a limit, in table order. */
export function spendUsageOf(
  table: Table,
  usage: SessionUsage,
  clock: UsageClock,
): SpendUsage[] {
  return table.spends.map(({ token, period }, index) => {
    const { total, inPeriod } = meterUsage(
      usage,
      spendMeterOf(index),
      period,
      clock,
    )
    return { token, spent: total, spentInPeriod: inPeriod }
  })
}
