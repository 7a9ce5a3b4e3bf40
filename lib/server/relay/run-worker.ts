import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import { getWorkerEnv, type WorkerEnv } from '@/lib/config/env'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import { createChainClient } from '../chain/chain-client'
import { type Database, openDatabase } from '../db/database'
import { logger } from '../log/logger'
import { serveMetrics } from '../observe/serve-metrics'
import type { RelayContext } from './relay-context'
import { runEngine } from './run-engine'

export type Worker = {
  /** Begins nothing new and loses nothing: what is stored is taken up by another worker, or at the next start. */
  stop(): Promise<void>
}

export type WorkerOptions = {
  /** How long a transaction may stay unmined before it is replaced by a dearer one. */
  stuckAfterMs?: number
  /** How long it may stay unmined at the highest fee, or untaken, before a no-op takes its place. */
  giveUpAfterMs?: number
}

const RESTART_MS = 1_000
const CONNECTIONS = 8

/**
 * Runs a worker of the relay: bundles, tasks and the mirror. Only workers hold keys. Any number of them may run on one
 * database, with the same keys: they share the work, and when one goes the others take over.
 */
export async function runWorker(
  env: WorkerEnv = getWorkerEnv(),
  { stuckAfterMs = 15_000, giveUpAfterMs = 60_000 }: WorkerOptions = {},
): Promise<Worker> {
  const client = createChainClient(env.RPC_URL, env.CHAIN_ID)
  const chainId = await client.getChainId()
  if (chainId !== env.CHAIN_ID)
    throw new Error(`RPC_URL is chain ${chainId}, not CHAIN_ID ${env.CHAIN_ID}`)
  const context: RelayContext = {
    database: openDatabase(env.DATABASE_URL, CONNECTIONS),
    client,
    chainId,
    sessionManager: sessionManagerAddress,
    finalityBlocks: env.FINALITY_BLOCKS,
  }
  const settled = openDatabase(env.DATABASE_URL, CONNECTIONS, 'relaxed')
  const stopping = new AbortController()
  const patience = { stuckAfterMs, giveUpAfterMs }
  const running = keepWorking(
    ...([context, settled, env, patience, stopping.signal] as const),
  )
  const metrics = env.WORKER_METRICS_PORT
    ? await serveMetrics(context, {
        port: env.WORKER_METRICS_PORT,
        token: env.METRICS_TOKEN,
      })
    : null
  return {
    stop: async () => {
      stopping.abort()
      await running
      await metrics?.close()
      await Promise.all([context.database.close(), settled.close()])
    },
  }
}

/** Works; when that breaks, starts again. */
async function keepWorking(
  context: RelayContext,
  settled: Database,
  env: WorkerEnv,
  patience: Required<WorkerOptions>,
  stop: AbortSignal,
): Promise<void> {
  const holder = `${hostname()}:${process.pid}:${randomBytes(3).toString('hex')}`
  while (!stop.aborted)
    try {
      await runEngine({
        ...{ context, settled, patience, holder, stop },
        keys: {
          relayers: env.RELAYER_PRIVATE_KEYS as Hex[],
          revoker: env.REVOKER_PRIVATE_KEY as Hex,
        },
        maxFeePerGasWei: env.MAX_FEE_PER_GAS_WEI,
        minBalanceWei: env.MIN_BALANCE_WEI,
      })
    } catch (error) {
      if (stop.aborted) return
      logger.error({ err: error }, 'worker starts again')
      await sleep(RESTART_MS, undefined, { signal: stop }).catch(() => null)
    }
}
