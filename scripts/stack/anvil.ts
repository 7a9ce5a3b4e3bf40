import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Child, startChild, tail, waitUntil } from './child'

export type Anvil = { url: string; child: Child }

type AnvilOptions = {
  port: number
  stateFile?: string | undefined
  keptStates?: number | undefined
}

/** Chain id of the local chain, Anvil's default. */
export const LOCAL_CHAIN_ID = 31_337

/**
 * Starts the Anvil that npm installed (Osaka rules, so that P256VERIFY is there), mining each transaction at once.
 * @param options `stateFile`: where the chain is kept between runs; none for a throw-away chain. `keptStates`: how many
 * blocks back its state can be asked for, where Anvil shall not write that of every block to disk.
 */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  if (options.stateFile)
    await mkdir(dirname(options.stateFile), { recursive: true })
  const log = tail()
  const cache = await mkdtemp(join(tmpdir(), 'playkey-anvil-'))
  const child = startChild('Anvil', locateBinary(), args(options, cache), {
    onLine: log.push,
    stopSignal: 'SIGINT',
  })
  // Anvil keeps the state of every block on disk, gigabytes of it, and leaves it behind when it is killed.
  child.process.once('exit', () => void rm(cache, { recursive: true }))
  const url = `http://127.0.0.1:${options.port}`
  await waitUntil('Anvil', () => answers(url), {
    timeoutMs: 60_000,
    child,
    log: log.text,
  })
  return { url, child }
}

function args(options: AnvilOptions, cache: string): string[] {
  const { stateFile, keptStates } = options
  const state = [
    ...(stateFile ? ['--state', stateFile, '--state-interval', '5'] : []),
    ...(keptStates ? ['--prune-history', String(keptStates)] : []),
  ]
  return [
    ...['--host', '127.0.0.1', '--port', String(options.port)],
    ...['--chain-id', String(LOCAL_CHAIN_ID), '--hardfork', 'osaka'],
    ...['--gas-limit', '60000000', '--quiet', '--cache-path', cache],
    ...state,
  ]
}

/** The platform's binary itself, not npm's wrapper around it, so that a signal reaches the chain. */
function locateBinary(): string {
  const platform = process.platform === 'win32' ? 'win32' : process.platform
  const arch = process.arch === 'x64' ? 'amd64' : process.arch
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const require = createRequire(import.meta.url)
  const manifest = require.resolve(
    `@foundry-rs/anvil-${platform}-${arch}/package.json`,
  )
  return `${dirname(manifest)}/bin/anvil${suffix}`
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId' }),
  })
  return response.ok
}
