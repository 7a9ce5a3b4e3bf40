export type Fees = {
  /** Wei. */
  maxFeePerGas: bigint
  /** Wei. */
  maxPriorityFeePerGas: bigint
}

/** No two attempts are the same to the wei, so none is ever mistaken for one that was signed before for the same nonce. */
const JITTER_WEI = 1_000_000n

/** Knows what to pay per gas without asking the node each time. */
export type FeeBook = {
  /** Tells the base fee of the newest block and the usual tip, in wei. */
  note(baseFeePerGas: bigint, tip: bigint): void
  /** Base fee of the newest block, in wei. */
  baseFee(): bigint
  /** Enough for several full blocks in a row, never above the cap for work. */
  current(): Fees
  /**
   * At least an eighth more on both fees, as nodes ask of replacements; null when that would exceed the cap.
   * @param cap The no-op may go to the highest fee of all. Work stays an eighth below, so that one can replace it.
   */
  raise(previous: Fees, cap: 'work' | 'noop'): Fees | null
}

/** @param capWei Highest fee per gas ever paid. */
export function createFeeBook(capWei: bigint): FeeBook {
  const caps = { noop: capWei, work: ((capWei - 1n) * 1000n) / 1125n }
  let baseFee = 0n
  let tip = 0n

  const current = (): Fees => {
    const wanted = lower(baseFee * 2n + tip, caps.work)
    const maxFeePerGas = wanted > JITTER_WEI ? wanted - jitter() : wanted
    return { maxFeePerGas, maxPriorityFeePerGas: lower(tip, maxFeePerGas) }
  }

  return {
    note(newBaseFee, newTip) {
      baseFee = newBaseFee
      tip = newTip
    },
    baseFee: () => baseFee,
    current,
    raise(previous, cap) {
      const fresh = current()
      const maxFeePerGas = higher(
        fresh.maxFeePerGas,
        eighthMore(previous.maxFeePerGas),
      )
      if (maxFeePerGas > caps[cap]) return null
      const maxPriorityFeePerGas = higher(
        fresh.maxPriorityFeePerGas,
        eighthMore(previous.maxPriorityFeePerGas),
      )
      return {
        maxFeePerGas,
        maxPriorityFeePerGas: lower(maxPriorityFeePerGas, maxFeePerGas),
      }
    },
  }
}

function jitter(): bigint {
  return BigInt(Math.floor(Math.random() * Number(JITTER_WEI)))
}

function eighthMore(wei: bigint): bigint {
  return (wei * 1125n) / 1000n + 1n
}

function higher(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

function lower(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
