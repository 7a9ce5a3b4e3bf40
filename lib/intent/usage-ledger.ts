import { nextWindowAt, windowAt } from '../permission/period'
import { MAX_APPROVALS_PER_INTENT } from '../session/limits'
import type { SessionUsage, UsageClock } from '../session/session-usage'

/** A limit over the session and, where there is a period, in each one. */
export type Limit = {
  max: bigint
  /** Seconds; 0 = none. */
  period: number
  /** Ignored without a period. */
  maxPerPeriod: bigint
}

/** Which part of a limit a charge would break. */
export type Overrun = {
  scope: 'session' | 'period'
  /** What was used of it before. */
  used: bigint
  /** The charge breaks the limit by itself, so that waiting does not help. */
  isTooMuch: boolean
}

/** Clock of a session and when it ends. */
export type LedgerClock = UsageClock & {
  /** Unix seconds, exclusive. */
  validUntil: number
}

/** Usage of a session while an intent is judged: starts as a copy, and is thrown away when the intent is refused. */
export class UsageLedger {
  readonly #cells: number[]
  readonly #meters: SessionUsage['meters']
  #approvals = 0
  readonly clock: LedgerClock

  constructor(usage: SessionUsage, clock: LedgerClock) {
    this.#cells = [...usage.cells]
    this.#meters = usage.meters.map((meter) => ({ ...meter }))
    this.clock = clock
  }

  /** Usage as it is by now. */
  get usage(): SessionUsage {
    return { cells: this.#cells, meters: this.#meters }
  }

  /** Unix seconds at which the next period of this length starts. */
  nextPeriodAt(period: number): number {
    return nextWindowAt(this.clock.nowSeconds, this.clock.validAfter, period)
  }

  #window(period: number): number {
    return windowAt(this.clock.nowSeconds, this.clock.validAfter, period)
  }

  /** Counts one call in the cells from `cell` on; what it would break, or null. */
  countCall(cell: number, limit: Limit): Overrun | null {
    const cells = this.#cells
    const total = cells[cell] ?? 0
    if (BigInt(total) >= limit.max) {
      return { scope: 'session', used: BigInt(total), isTooMuch: false }
    }
    if (limit.period > 0) {
      const window = this.#window(limit.period)
      const used = cells[cell + 1] === window ? (cells[cell + 2] ?? 0) : 0
      if (BigInt(used) >= limit.maxPerPeriod) {
        return { scope: 'period', used: BigInt(used), isTooMuch: false }
      }
      cells[cell + 1] = window
      cells[cell + 2] = used + 1
    }
    cells[cell] = total + 1
    return null
  }

  /** Counts one approval of tokens; false when there are too many in one intent. */
  countApproval(): boolean {
    this.#approvals += 1
    return this.#approvals <= MAX_APPROVALS_PER_INTENT
  }

  /** Adds `amount` to a meter; what it would break, or null. */
  charge(index: number, amount: bigint, limit: Limit): Overrun | null {
    const meter = this.#meters[index]
    if (meter === undefined) throw new RangeError(`no meter ${index}`)
    if (meter.total + amount > limit.max) {
      const isTooMuch = amount > limit.max
      return { scope: 'session', used: meter.total, isTooMuch }
    }
    if (limit.period > 0) {
      const window = this.#window(limit.period)
      const used = meter.window === window ? meter.inWindow : 0n
      if (used + amount > limit.maxPerPeriod) {
        const isTooMuch = amount > limit.maxPerPeriod
        return { scope: 'period', used, isTooMuch }
      }
      meter.window = window
      meter.inWindow = used + amount
    }
    meter.total += amount
    return null
  }
}
