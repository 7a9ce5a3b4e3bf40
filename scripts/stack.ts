import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LOCAL_CHAIN_ID, startAnvil } from './stack/anvil'
import { bindDatabaseToChain } from './stack/chain-identity'
import { type Child, findFreePort } from './stack/child'
import { deployContracts } from './stack/deploy'
import { composeEnvironment, type Environment } from './stack/environment'
import { startPostgres } from './stack/postgres'
import { applyMigrations } from './stack/schema-engine'

/** A throw-away database and chain, migrated and deployed, as tests and benchmarks need them. */
export type Stack = {
  databaseUrl: string
  rpcUrl: string
  environment: Environment
  postgres: Child
  anvil: Child
  /** Starts the database again on the same data and port, after it was killed. */
  restartPostgres(): Promise<void>
  /** Stops both and removes their data. */
  stop(): Promise<void>
}

/**
 * Starts a stack of its own on free ports.
 * @param options `appUrl`: origin that web processes will be told. `durable`: the database survives a crash of the machine, as in production; tests do without. `keptStates`: see `startAnvil`.
 */
export async function startStack(
  options: { appUrl?: string; durable?: boolean; keptStates?: number } = {},
): Promise<Stack> {
  const directory = await mkdtemp(join(tmpdir(), 'playkey-stack-'))
  // PostgreSQL runs as another user when we are root, and must be able to enter.
  await chmod(directory, 0o711)
  const database = {
    directory: join(directory, 'postgres'),
    database: 'playkey',
    durable: options.durable ?? false,
  }
  const [postgres, anvil] = await Promise.all([
    startPostgres(database),
    findFreePort().then((port) =>
      startAnvil({ port, keptStates: options.keptStates }),
    ),
  ])
  const stop = async () => {
    await Promise.all([postgres.child.stop(), anvil.child.stop()])
    await rm(directory, { recursive: true, force: true })
  }
  try {
    await applyMigrations(postgres.url)
    await deployContracts(anvil.url)
    await bindDatabaseToChain(postgres.url, anvil.url)
    const environment = composeEnvironment({
      databaseUrl: postgres.url,
      rpcUrl: anvil.url,
      chainId: LOCAL_CHAIN_ID,
      appUrl: options.appUrl ?? 'http://localhost:3000',
      loginSecret: 'a login secret for tests, not a secret',
    })
    return {
      ...{ databaseUrl: postgres.url, rpcUrl: anvil.url, environment },
      ...{ anvil: anvil.child, stop },
      get postgres() {
        return postgres.child
      },
      restartPostgres: async () => {
        const port = Number(new URL(postgres.url).port)
        postgres.child = (await startPostgres({ ...database, port })).child
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}
