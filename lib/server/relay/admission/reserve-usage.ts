import type { Table } from '@/lib/permission/compile-terms'
import { windowAt } from '@/lib/permission/period'
import type { SessionUsage, UsageClock } from '@/lib/session/session-usage'
import { metersOf } from '../../session/table-columns'

/** What an intent adds to the counters of its session; kept for it until it is settled. */
export type Charges = {
  /** Calls per cell; only those that count all calls of a permission. */
  cells: number[]
  /** Amount per meter, decimal strings. */
  meters: string[]
}

/** What an intent that turns `before` into `after` adds. */
export function chargesBetween(
  table: Table,
  before: SessionUsage,
  after: SessionUsage,
): Charges {
  const counted = new Set(table.entries.map(({ cell }) => cell))
  return {
    cells: after.cells.map((calls, cell) =>
      counted.has(cell) ? calls - (before.cells[cell] ?? 0) : 0,
    ),
    meters: after.meters.map(({ total }, index) =>
      (total - (before.meters[index]?.total ?? 0n)).toString(),
    ),
  }
}

/** Usage as if everything reserved had happened now. What happens in a later period leaves more room than this says, never less. */
export function withReserved(
  table: Table,
  usage: SessionUsage,
  reserved: readonly Charges[],
  clock: UsageClock,
): SessionUsage {
  const cells = [...usage.cells]
  const meters = usage.meters.map((meter) => ({ ...meter }))
  const present = (period: number) =>
    windowAt(clock.nowSeconds, clock.validAfter, period)
  for (const { cell, period } of table.entries) {
    const calls = reserved.reduce(
      (sum, charges) => sum + (charges.cells[cell] ?? 0),
      0,
    )
    if (calls === 0) continue
    cells[cell] = (cells[cell] ?? 0) + calls
    if (period === 0) continue
    const used =
      cells[cell + 1] === present(period) ? (cells[cell + 2] ?? 0) : 0
    cells[cell + 1] = present(period)
    cells[cell + 2] = used + calls
  }
  for (const { index, period } of metersOf(table)) {
    const meter = meters[index]
    const amount = reserved.reduce(
      (sum, charges) => sum + BigInt(charges.meters[index] ?? '0'),
      0n,
    )
    if (meter === undefined || amount === 0n) continue
    meter.total += amount
    if (period === 0) continue
    const used = meter.window === present(period) ? meter.inWindow : 0n
    meter.window = present(period)
    meter.inWindow = used + amount
  }
  return { cells, meters }
}
