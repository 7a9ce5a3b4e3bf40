import {
  type Child,
  findFreePort,
  hasExited,
  startChild,
  tail,
  waitUntil,
} from '../stack/child'
import { keylessEnvironment } from '../stack/environment'
import { type PostgresProxy, startPostgresProxy } from './postgres-proxy'
import { type RpcProxy, startRpcProxy } from './rpc-proxy'

export type MachineRole = 'web' | 'worker'

/** One process of ours, as if on a machine of its own: it reaches database and chain through proxies that belong to it. */
export type Machine = {
  name: string
  role: MachineRole
  /** Of a web process: `/api/relay` and `/api/events` are there. */
  url: string
  postgres: PostgresProxy
  rpc: RpcProxy
  isUp(): boolean
  start(): Promise<void>
  /** SIGKILL, in this very tick. */
  kill(): void
  /** SIGSTOP and SIGCONT. */
  freeze(): void
  thaw(): void
  stop(): Promise<void>
  /** Its last words. */
  log(): string
}

export type MachineOptions = {
  name: string
  role: MachineRole
  databaseUrl: string
  rpcUrl: string
  env: Record<string, string>
  /** For workers: how long a transaction may stay unmined. */
  stuckAfterMs: number
}

/** Makes a machine; it does not run yet. */
export async function createMachine(options: MachineOptions): Promise<Machine> {
  const { name, role } = options
  const databaseUrl = new URL(options.databaseUrl)
  const postgres = await startPostgresProxy(Number(databaseUrl.port))
  const rpc = await startRpcProxy(options.rpcUrl)
  databaseUrl.port = String(postgres.port)
  const port = role === 'web' ? await findFreePort() : 0
  const url = `http://127.0.0.1:${port}`
  const log = tail(60)
  let child: Child | null = null

  const isUp = () => child !== null && !hasExited(child.process)
  const signal = (which: NodeJS.Signals) => {
    if (isUp()) child?.process.kill(which)
  }
  const start = async () => {
    if (isUp()) return
    const before = postgres.connections()
    child = startChild(name, process.execPath, commandOf(options, port), {
      env: {
        ...keylessEnvironment(),
        ...options.env,
        DATABASE_URL: databaseUrl.href,
        RPC_URL: rpc.url,
        NEXT_TELEMETRY_DISABLED: '1',
      },
      onLine: log.push,
    })
    const isReady =
      role === 'web'
        ? () => isHealthy(url)
        : async () => postgres.connections() > before
    await waitUntil(name, isReady, {
      ...{ timeoutMs: 180_000, child, log: log.text },
    })
  }
  return {
    ...{ name, role, url, postgres, rpc, isUp, start },
    kill: () => signal('SIGKILL'),
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    log: log.text,
    stop: async () => {
      signal('SIGCONT')
      await child?.stop(5_000)
      await Promise.all([postgres.close(), rpc.close()])
    },
  }
}

/** The one place that knows how a process of ours is started. */
function commandOf(
  { role, stuckAfterMs }: MachineOptions,
  port: number,
): string[] {
  if (role === 'worker')
    return [
      ...['--import', 'tsx', 'scripts/chaos/start-worker.ts'],
      String(stuckAfterMs),
    ]
  return [
    ...['--import', 'tsx', 'scripts/web.ts'],
    ...['--hostname', '127.0.0.1', '--port', String(port)],
  ]
}

async function isHealthy(url: string): Promise<boolean> {
  const response = await fetch(`${url}/api/health`, {
    signal: AbortSignal.timeout(10_000),
  })
  return response.ok
}
