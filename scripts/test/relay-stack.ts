import { getServerEnv, getWorkerEnv } from '@/lib/config/env'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import {
  type ChainClient,
  createChainClient,
} from '@/lib/server/chain/chain-client'
import {
  type Database,
  getDatabase,
  setDatabase,
} from '@/lib/server/db/database'
import type { RelayContext } from '@/lib/server/relay/relay-context'
import {
  runWorker,
  type Worker,
  type WorkerOptions,
} from '@/lib/server/relay/run-worker'
import { seedDatabase } from '@/lib/server/seed/seed-demo'
import { startStack } from '../stack'

/** Real database, real chain, demo seeded; the services of this process work on them. */
export type RelayStack = {
  database: Database
  client: ChainClient
  context: RelayContext
  startWorker(options?: WorkerOptions): Promise<Worker>
  /** One call of Anvil's own methods. */
  anvil(method: string, params?: unknown[]): Promise<unknown>
  stop(): Promise<void>
}

/** Starts a stack of its own with the demo published. No worker runs when this resolves. */
export async function startRelayStack(): Promise<RelayStack> {
  const stack = await startStack()
  Object.assign(process.env, stack.environment.web, stack.environment.worker)
  const env = getServerEnv()
  const database = getDatabase()
  const client = createChainClient(env.RPC_URL, env.CHAIN_ID)
  const startWorker = (options: WorkerOptions = {}) =>
    runWorker(getWorkerEnv(), options)
  const worker = await startWorker()
  await seedDatabase(database)
  await worker.stop()
  return {
    database,
    client,
    context: {
      ...{ database, client, chainId: env.CHAIN_ID },
      sessionManager: sessionManagerAddress,
    },
    startWorker,
    anvil: (method, params = []) =>
      client.request({ method, params } as never) as Promise<unknown>,
    stop: async () => {
      await database.close()
      setDatabase(undefined)
      await stack.stop()
    },
  }
}
