import type { Table } from '@/lib/permission/compile-terms'
import type { Meter, SessionUsage } from '@/lib/session/session-usage'

/** What one intent uses up if it lands. */
export type Charge = {
  /** Calls per counter. `window` is the period they count in; null without one. */
  counts: { cell: number; calls: number; window: number | null }[]
  /** Amounts per meter. */
  amounts: { meter: number; amount: bigint; window: number | null }[]
}

/** Nothing, for an intent that is refused. */
export const noCharge: Charge = { counts: [], amounts: [] }

function windowOf(before: Meter, after: Meter): number | null {
  const isSame =
    before.window === after.window && before.inWindow === after.inWindow
  return isSame ? null : after.window
}

/** What lies between the usage before an intent and the usage after it, as `evaluateIntent` answers it. */
export function chargeBetween(
  table: Table,
  before: SessionUsage,
  after: SessionUsage,
): Charge {
  const counts = table.entries.flatMap(({ cell, period }) => {
    const calls = (after.cells[cell] ?? 0) - (before.cells[cell] ?? 0)
    const window = period > 0 ? (after.cells[cell + 1] ?? 0) : null
    return calls > 0 ? [{ cell, calls, window }] : []
  })
  const amounts = after.meters.flatMap((meter, index) => {
    const old = before.meters[index]
    const amount = meter.total - (old?.total ?? 0n)
    if (!old || amount === 0n) return []
    return [{ meter: index, amount, window: windowOf(old, meter) }]
  })
  return { counts, amounts }
}

function copy({ cells, meters }: SessionUsage): SessionUsage {
  return { cells: [...cells], meters: meters.map((meter) => ({ ...meter })) }
}

/** Adds `charge` to `usage`. What belongs to an earlier period than the last one counts only in all. */
function add({ cells, meters }: SessionUsage, charge: Charge): void {
  for (const { cell, calls, window } of charge.counts) {
    cells[cell] = (cells[cell] ?? 0) + calls
    if (window === null || window < (cells[cell + 1] ?? 0)) continue
    const used = window === cells[cell + 1] ? (cells[cell + 2] ?? 0) : 0
    cells[cell + 1] = window
    cells[cell + 2] = used + calls
  }
  for (const { meter: index, amount, window } of charge.amounts) {
    const meter = meters[index]
    if (!meter) continue
    meter.total += amount
    if (window === null || window < meter.window) continue
    meter.inWindow = (window === meter.window ? meter.inWindow : 0n) + amount
    meter.window = window
  }
}

/** Takes `charge` out of `usage` again. */
function subtract({ cells, meters }: SessionUsage, charge: Charge): void {
  const less = (at: number, calls: number) => {
    cells[at] = Math.max(0, (cells[at] ?? 0) - calls)
  }
  for (const { cell, calls, window } of charge.counts) {
    less(cell, calls)
    if (window !== null && window === cells[cell + 1]) less(cell + 2, calls)
  }
  for (const { meter: index, amount, window } of charge.amounts) {
    const meter = meters[index]
    if (!meter) continue
    meter.total -= lesser(amount, meter.total)
    if (window !== null && window === meter.window)
      meter.inWindow -= lesser(amount, meter.inWindow)
  }
}

function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function latest(a: Meter, b: Meter): Meter {
  const { total } = a.total > b.total ? a : b
  const isLater =
    a.window > b.window || (a.window === b.window && a.inWindow > b.inWindow)
  const { window, inWindow } = isLater ? a : b
  return { total, window, inWindow }
}

/** Use of a session: what the chain confirmed, and what is on its way. */
export class UsageLedger {
  readonly #table: Table
  readonly #onTheWay = new Set<Charge>()
  #confirmed: SessionUsage

  constructor(table: Table, usage: SessionUsage) {
    this.#table = table
    this.#confirmed = copy(usage)
  }

  /** Counts `charge` as on its way. */
  charge(charge: Charge): void {
    this.#onTheWay.add(charge)
  }

  /** `charge` did not happen. */
  release(charge: Charge): void {
    this.#onTheWay.delete(charge)
  }

  /** `charge` landed. */
  confirm(charge: Charge): void {
    this.#onTheWay.delete(charge)
    add(this.#confirmed, charge)
  }

  /** `charge` had landed and was taken back: it is on its way again. */
  reopen(charge: Charge): void {
    subtract(this.#confirmed, charge)
    this.#onTheWay.add(charge)
  }

  /**
   * Takes over what a reading says beyond what is confirmed already, such as other tabs' use. Only
   * when nothing is on its way. Use never shrinks, so a smaller reading is merely an older one.
   */
  reset(usage: SessionUsage): void {
    const known = this.#confirmed
    const meters = known.meters.map((meter, index) =>
      latest(meter, usage.meters[index] ?? meter),
    )
    const cells = [...known.cells]
    for (const { cell, period } of this.#table.entries) {
      const read = (at: number) => usage.cells[cell + at] ?? 0
      const old = (at: number) => known.cells[cell + at] ?? 0
      cells[cell] = Math.max(old(0), read(0))
      if (period === 0 || read(1) < old(1)) continue
      cells[cell + 1] = read(1)
      cells[cell + 2] = read(1) > old(1) ? read(2) : Math.max(old(2), read(2))
    }
    this.#confirmed = { cells, meters }
  }

  /** Use as the chain will count it if everything on its way lands. */
  optimistic(): SessionUsage {
    const usage = copy(this.#confirmed)
    for (const charge of this.#onTheWay) add(usage, charge)
    return usage
  }
}
