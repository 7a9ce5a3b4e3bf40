import type { ChainClient } from '../chain/chain-client'

export type Fees = {
  /** Wei. */
  maxFeePerGas: bigint
  /** Wei. */
  maxPriorityFeePerGas: bigint
}

const TIP_REFRESH_MS = 30_000

/** Knows what to pay per gas without asking the node each time. */
export type FeeBook = {
  /** Tells the base fee of the newest block, in wei. */
  noteBaseFee(baseFeePerGas: bigint): void
  /** Enough for several full blocks in a row, never above the cap. */
  current(): Promise<Fees>
  /** At least an eighth more on both fees, as nodes ask of replacements; null when that would exceed the cap. */
  raise(previous: Fees): Promise<Fees | null>
}

/** @param capWei Highest fee per gas ever paid. */
export function createFeeBook(client: ChainClient, capWei: bigint): FeeBook {
  let baseFee: bigint | null = null
  let tip = 0n
  let tipReadAtMs = 0

  const refresh = async () => {
    if (baseFee === null) {
      const block = await client.getBlock()
      baseFee = block.baseFeePerGas ?? 0n
    }
    if (Date.now() - tipReadAtMs < TIP_REFRESH_MS) return
    tipReadAtMs = Date.now()
    tip = await client.estimateMaxPriorityFeePerGas().catch(() => tip)
  }

  const current = async (): Promise<Fees> => {
    await refresh()
    const wanted = (baseFee ?? 0n) * 2n + tip
    const maxFeePerGas = wanted > capWei ? capWei : wanted
    return {
      maxFeePerGas,
      maxPriorityFeePerGas: tip > maxFeePerGas ? maxFeePerGas : tip,
    }
  }

  return {
    noteBaseFee: (baseFeePerGas) => {
      baseFee = baseFeePerGas
    },
    current,
    async raise(previous) {
      const fresh = await current()
      const maxFeePerGas = higher(
        fresh.maxFeePerGas,
        eighthMore(previous.maxFeePerGas),
      )
      const maxPriorityFeePerGas = higher(
        fresh.maxPriorityFeePerGas,
        eighthMore(previous.maxPriorityFeePerGas),
      )
      return maxFeePerGas > capWei
        ? null
        : { maxFeePerGas, maxPriorityFeePerGas }
    },
  }
}

function eighthMore(wei: bigint): bigint {
  return (wei * 1125n) / 1000n + 1n
}

function higher(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
