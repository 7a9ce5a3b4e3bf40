import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { startStack } from '@/scripts/stack'
import { startChild } from '@/scripts/stack/child'
import { keylessEnvironment } from '@/scripts/stack/environment'
import { buildApp } from '@/scripts/stack/generate'

/** Serves the production build over a fresh database and chain, for the end-to-end tests, until SIGTERM. */
const port = process.argv[2] ?? '3190'
const stack = await startStack({ appUrl: `http://localhost:${port}` })
const { web, worker } = stack.environment
const base = { ...keylessEnvironment(), NEXT_TELEMETRY_DISABLED: '1' }
const log = createWriteStream('.playkey-e2e.log')
const say = (name: string) => (line: string) => log.write(`[${name}] ${line}\n`)

const relay = startChild(
  'worker',
  process.execPath,
  ['--import', 'tsx', 'scripts/worker.ts'],
  { env: { ...base, ...worker }, onLine: say('worker') },
)
process.on('SIGTERM', () => void stop())
process.on('SIGINT', () => void stop())

Object.assign(process.env, web)
const { seedDemo } = await import('@/lib/server/seed/seed-demo')
await Promise.all([seedDemo(), buildApp()])
// How the fixtures reach what is behind the app: the chain's clock and the database's rows.
await writeFile(
  '.playkey-e2e.json',
  JSON.stringify({ databaseUrl: stack.databaseUrl, rpcUrl: stack.rpcUrl }),
)
const app = startChild(
  'web',
  process.execPath,
  [
    ...['--import', 'tsx', 'scripts/web.ts'],
    ...['--hostname', '127.0.0.1', '--port', port],
  ],
  { env: { ...base, ...web }, onLine: say('web') },
)

async function stop(): Promise<void> {
  await app.stop()
  await relay.stop()
  await stack.stop()
  process.exit()
}
