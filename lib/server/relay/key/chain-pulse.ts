import { setTimeout as sleep } from 'node:timers/promises'
import type { ChainClient } from '../../chain/chain-client'
import { logger } from '../../log/logger'
import type { FeeBook } from './fees'

const PULSE_MS = 500
const TIP_REFRESH_MS = 30_000

/** What a worker has to know of the newest block at any time, without asking. */
export type ChainPulse = {
  /** Seconds by which blocks run ahead of the wall clock; 0 on any honest chain. */
  aheadSeconds(): number
  /** Number of the newest block. */
  blockNumber(): bigint
  /** Reads the newest block now. @throws when the node does not answer */
  refresh(): Promise<void>
  /** Reads it again and again until `stop` aborts. */
  run(stop: AbortSignal): Promise<void>
}

export function createChainPulse(
  client: ChainClient,
  fees: FeeBook,
): ChainPulse {
  let aheadSeconds = 0
  let blockNumber = 0n
  let tip = 0n
  let tipReadMs = 0

  const refresh = async () => {
    const block = await client.getBlock()
    blockNumber = block.number
    const ahead = Math.ceil(Number(block.timestamp) - Date.now() / 1000)
    aheadSeconds = Math.max(0, ahead)
    if (Date.now() - tipReadMs > TIP_REFRESH_MS) {
      tip = await client.estimateMaxPriorityFeePerGas().catch(() => tip)
      tipReadMs = Date.now()
    }
    fees.note(block.baseFeePerGas ?? 0n, tip)
  }

  return {
    aheadSeconds: () => aheadSeconds,
    blockNumber: () => blockNumber,
    refresh,
    async run(stop) {
      for (let isAway = false; !stop.aborted; ) {
        await sleep(PULSE_MS, undefined, { signal: stop }).catch(() => null)
        if (stop.aborted) return
        const error = await refresh().then(
          () => null,
          (reason: unknown) => reason,
        )
        if (error && !isAway)
          logger.warn({ err: error }, 'chain does not answer')
        isAway = error !== null
      }
    },
  }
}
