import type { Hex } from 'viem'
import { getWorkerEnv, type WorkerEnv } from '@/lib/config/env'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import { createChainClient } from '../chain/chain-client'
import { openDatabase } from '../db/database'
import { logger } from '../log/logger'
import type { RelayContext } from './relay-context'
import { runEngine } from './run-engine'
import { acquireLease } from './worker-lease'

export type Worker = {
  /** Finishes nothing and loses nothing: what is stored is taken up at the next start. */
  stop(): Promise<void>
}

export type WorkerOptions = {
  /** How long a transaction may stay unmined before it is replaced. */
  stuckAfterMs?: number
}

const RESTART_MS = 1_000

/** Runs the relay's worker: bundles, tasks and the mirror. The one process that holds keys. A second one waits. */
export async function runWorker(
  env: WorkerEnv = getWorkerEnv(),
  { stuckAfterMs = 15_000 }: WorkerOptions = {},
): Promise<Worker> {
  const client = createChainClient(env.RPC_URL, env.CHAIN_ID)
  const chainId = await client.getChainId()
  if (chainId !== env.CHAIN_ID)
    throw new Error(`RPC_URL is chain ${chainId}, not CHAIN_ID ${env.CHAIN_ID}`)
  const context: RelayContext = {
    database: openDatabase(env.DATABASE_URL, 8),
    client,
    chainId,
    sessionManager: sessionManagerAddress,
  }
  const stopping = new AbortController()
  const running = keepWorking(context, env, stuckAfterMs, stopping.signal)
  return {
    stop: async () => {
      stopping.abort()
      await running
      await context.database.close()
    },
  }
}

/** Holds the lease and works; when either breaks, starts again. */
async function keepWorking(
  context: RelayContext,
  env: WorkerEnv,
  stuckAfterMs: number,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    try {
      const lease = await acquireLease(env.DATABASE_URL, stop)
      try {
        const signal = AbortSignal.any([stop, lease.signal])
        await runEngine({
          context,
          keys: {
            relayer: env.RELAYER_PRIVATE_KEYS[0] as Hex,
            revoker: env.REVOKER_PRIVATE_KEY as Hex,
          },
          maxFeePerGasWei: env.MAX_FEE_PER_GAS_WEI,
          ...{ stuckAfterMs, signal },
        })
      } finally {
        await lease.release()
      }
    } catch (error) {
      if (stop.aborted) return
      logger.error({ err: error }, 'worker starts again')
      await new Promise((resolve) => setTimeout(resolve, RESTART_MS))
    }
  }
}
