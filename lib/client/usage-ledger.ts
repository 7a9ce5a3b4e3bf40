import type { PermissionUsage } from '@/lib/permission/permission'

/** What one intent uses of each permission. */
export type Charge = { index: number; valueWei: bigint }[]

type Count = { calls: number; valueWei: bigint }

function zero(size: number): Count[] {
  return Array.from({ length: size }, () => ({ calls: 0, valueWei: 0n }))
}

/** Use of a session's permissions: what the chain confirmed, and what is on its way. */
export class UsageLedger {
  readonly #confirmed: Count[]
  readonly #onTheWay: Count[]

  constructor(usage: readonly PermissionUsage[]) {
    this.#confirmed = usage.map(({ calls, valueWei }) => ({
      calls,
      valueWei: BigInt(valueWei),
    }))
    this.#onTheWay = zero(usage.length)
  }

  /** Counts `charge` as on its way. */
  charge(charge: Charge): void {
    this.#add(this.#onTheWay, charge, 1)
  }

  /** `charge` did not happen. */
  release(charge: Charge): void {
    this.#add(this.#onTheWay, charge, -1)
  }

  /** `charge` landed. */
  confirm(charge: Charge): void {
    this.#add(this.#onTheWay, charge, -1)
    this.#add(this.#confirmed, charge, 1)
  }

  /**
   * Takes over what a reading says beyond what is confirmed already, such as other tabs' use. Only
   * when nothing is on its way. Use never shrinks, so a smaller reading is merely an older one.
   */
  reset(usage: readonly PermissionUsage[]): void {
    usage.forEach(({ calls, valueWei }, index) => {
      const known = this.#confirmed[index] ?? { calls: 0, valueWei: 0n }
      const value = BigInt(valueWei)
      this.#confirmed[index] = {
        calls: Math.max(known.calls, calls),
        valueWei: known.valueWei > value ? known.valueWei : value,
      }
    })
  }

  /** Use of every permission, as if everything on its way lands. */
  optimistic(): PermissionUsage[] {
    return this.#confirmed.map((count, index) => ({
      calls: count.calls + (this.#onTheWay[index]?.calls ?? 0),
      valueWei: (
        count.valueWei + (this.#onTheWay[index]?.valueWei ?? 0n)
      ).toString(),
    }))
  }

  #add(counts: Count[], charge: Charge, sign: 1 | -1): void {
    for (const { index, valueWei } of charge) {
      const count = counts[index]
      if (!count) continue
      count.calls += sign
      count.valueWei += BigInt(sign) * valueWei
    }
  }
}
