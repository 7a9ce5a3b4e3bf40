import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import { startAnvil } from './stack/anvil'
import {
  bindDatabaseToChain,
  setAside,
  setAsideHalf,
} from './stack/chain-identity'
import { type Child, findFreePort, isPortFree, waitUntil } from './stack/child'
import { deployContracts } from './stack/deploy'
import {
  composeEnvironment,
  keylessEnvironment,
  loadDotenv,
} from './stack/environment'
import { buildApp, generatePrismaClient } from './stack/generate'
import { keepAlive } from './stack/keep-alive'
import { reachableDirectory, startPostgres } from './stack/postgres'
import { acquireRunLock, type RunLock } from './stack/run-lock'
import { applyMigrations } from './stack/schema-engine'
import { readLoginSecret } from './stack/secrets'

/** `npm start` and `npm run dev`: brings everything up in order, keeps it up, and takes it down on Ctrl-C. */
const isDevelopment = process.argv.includes('--dev')
const stops: (() => Promise<void>)[] = []
let stopping: Promise<void> | undefined

process.on('SIGINT', () => void shutDown())
process.on('SIGTERM', () => void shutDown())

try {
  await bringUp()
} catch (error) {
  // Stopping while something starts makes that start fail; that is no news.
  if (!stopping) {
    console.error(`\n${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  }
  await shutDown()
}

async function bringUp(): Promise<void> {
  loadDotenv()
  const port = Number(process.env.PORT ?? 3000)
  const appUrl = process.env.APP_URL ?? `http://localhost:${port}`
  const directory = reachableDirectory(
    process.env.PLAYKEY_DATA ?? join(process.cwd(), '.playkey'),
  )
  const lock = await acquireRunLock(directory, appUrl)
  stops.push(lock.release)
  if (!(await isPortFree(port)))
    throw new Error(
      `Port ${port} is taken by another program. Choose another one: PORT=${port + 1} npm start`,
    )

  // Sessions belong to the contracts they were granted by: another version of them starts beside the old data.
  const stores = join(directory, sessionManagerAddress.slice(2, 10))
  const { databaseUrl, rpcUrl } = await openStores(stores, lock)
  await step('Applying migrations', () => applyMigrations(databaseUrl))
  await step('Generating the database client', generatePrismaClient)
  await step('Deploying contracts', () => deployContracts(rpcUrl))
  await bindDatabaseToChain(databaseUrl, rpcUrl)
  const chainId = await readChainId(rpcUrl)
  const loginSecret = await readLoginSecret(directory)
  const environment = composeEnvironment({
    ...{ databaseUrl, rpcUrl, chainId, appUrl, loginSecret },
  })
  if (!isDevelopment) await step('Building the app', buildApp)

  const worker = keepAlive({
    name: 'worker',
    args: ['--import', 'tsx', 'scripts/worker.ts'],
    env: { ...keylessEnvironment(), ...environment.worker },
    onStart: (child) => lock.track(child.process.pid, 'scripts/worker.ts'),
  })
  stops.push(worker.stop)
  if (environment.isLocalChain)
    await step('Seeding the demo', () => seed(environment.web))
  const web = keepAlive({
    name: 'web',
    args: [
      ...['--import', 'tsx', 'scripts/web.ts'],
      ...(isDevelopment ? ['--dev'] : []),
      ...['--hostname', process.env.HOST ?? '127.0.0.1'],
      ...['--port', String(port)],
    ],
    env: {
      ...keylessEnvironment(),
      ...environment.web,
      NEXT_TELEMETRY_DISABLED: '1',
    },
    onStart: (child) => lock.track(child.process.pid, 'scripts/web.ts'),
  })
  stops.push(web.stop)
  await step('Starting the app', () =>
    waitUntil('The app', () => isHealthy(port), { timeoutMs: 120_000 }),
  )
  console.log(`\n  Playkey is ready: ${appUrl}\n  Ctrl-C stops everything.\n`)
}

/** The two stores of truth: what the environment names, else the embedded ones, kept side by side. */
async function openStores(directory: string, lock: RunLock) {
  const givenDatabase = process.env.DATABASE_URL
  const givenRpc = process.env.RPC_URL
  if (!givenDatabase && !givenRpc) announce(await setAsideHalf(directory))

  const rpcUrl = givenRpc ?? (await openChain(directory, lock))
  if (givenDatabase) return { databaseUrl: givenDatabase, rpcUrl }
  const postgres = await step('Starting PostgreSQL', async () =>
    startPostgres({
      directory: join(directory, 'postgres'),
      port: await findFreePort(),
      database: givenRpc ? `playkey_${await readChainId(givenRpc)}` : 'playkey',
      durable: true,
    }),
  )
  await hold(lock, postgres.child, 'postgres')
  return { databaseUrl: postgres.url, rpcUrl }
}

async function openChain(directory: string, lock: RunLock): Promise<string> {
  const stateFile = join(directory, 'chain/state.json')
  const port = (await isPortFree(8545)) ? 8545 : await findFreePort()
  const start = () => startAnvil({ port, stateFile })
  const anvil = await step('Starting Anvil', () =>
    start().catch(async (error: Error) => {
      if (process.env.DATABASE_URL) throw error
      console.error(error.message)
      announce(await setAside(directory))
      return start()
    }),
  )
  await hold(lock, anvil.child, 'anvil')
  return anvil.url
}

function announce(backup: string | null): void {
  if (backup)
    console.log(
      `  The local chain and its database did not belong together; both start anew. What was there is kept in ${backup}`,
    )
}

async function hold(lock: RunLock, child: Child, word: string): Promise<void> {
  stops.push(() => child.stop())
  await lock.track(child.process.pid, word)
  child.process.on('exit', () => {
    if (stopping) return
    console.error(`${child.name} ended unexpectedly; stopping.`)
    process.exitCode = 1
    void shutDown()
  })
}

async function readChainId(rpcUrl: string): Promise<number> {
  const response = await fetch(rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId' }),
  }).catch(() => {
    throw new Error(`RPC_URL does not answer: ${rpcUrl}`)
  })
  const { result } = (await response.json()) as { result: string }
  return Number(result)
}

async function seed(env: Record<string, string>): Promise<void> {
  Object.assign(process.env, env)
  const { seedDemo } = await import('@/lib/server/seed/seed-demo')
  await seedDemo()
}

async function isHealthy(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/api/health`)
  return response.ok
}

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now()
  process.stdout.write(`  ${name} …`)
  const result = await work()
  console.log(` ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return result
}

function shutDown(): Promise<void> {
  stopping ??= (async () => {
    for (const stop of stops.reverse()) await stop()
    // Open sockets of a half-finished start would hold the process.
    await sleep(0)
    process.exit()
  })()
  return stopping
}
