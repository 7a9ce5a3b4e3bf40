import { fork } from 'node:child_process'
import { type Stack, startStack } from '@/scripts/stack'
import {
  type Child,
  findFreePort,
  startChild,
  waitUntil,
} from '@/scripts/stack/child'
import { keylessEnvironment } from '@/scripts/stack/environment'
import { buildApp } from '@/scripts/stack/generate'
import type { Tasks } from './load/main'
import { cpuMsOf } from './process-usage'

/** What is measured, and what measures. */
export const processNames = [
  'web',
  'worker',
  'postgres',
  'anvil',
  'load',
] as const
export type ProcessName = (typeof processNames)[number]

/** Orders of the bench to the load generator. */
export type Load = <Name extends keyof Tasks>(
  name: Name,
  ...options: Parameters<Tasks[Name]>
) => Promise<Awaited<ReturnType<Tasks[Name]>>>

/** Everything that runs: the production build, a worker, a durable database, a chain, the load generator. */
export type Processes = {
  appUrl: string
  rpcUrl: string
  load: Load
  pids: Record<ProcessName, number>
  stop(): Promise<void>
}

/**
 * Starts everything on this machine.
 * @param profileTo Directory for CPU profiles of web and worker; none when empty.
 */
export async function startProcesses(profileTo = ''): Promise<Processes> {
  await buildApp()
  const port = await findFreePort()
  const appUrl = `http://127.0.0.1:${port}`
  // Writing the state of every block to disk is what Anvil alone does, and takes longer than the moves.
  const keptStates = 64
  const stack = await startStack({ appUrl, durable: true, keptStates })
  const children: Child[] = []
  const stop = async () => {
    for (const child of children.reverse()) await child.stop()
    await stack.stop()
  }
  try {
    Object.assign(process.env, stack.environment.web)
    const start = (name: 'web' | 'worker', args: string[]) => {
      const child = startNode(name, args, stack, profileTo)
      children.push(child)
      return child
    }
    const worker = start('worker', ['scripts/worker.ts'])
    const web = start('web', ['scripts/web.ts', '--port', String(port)])
    await waitUntil('The app', () => isHealthy(appUrl), {
      ...{ timeoutMs: 60_000, child: web },
    })
    const { child, load } = startLoad()
    children.push(child)
    const { postgres, anvil } = stack
    const pidOf = (each: Child) => each.process.pid ?? 0
    return {
      ...{ appUrl, rpcUrl: stack.rpcUrl, load, stop },
      pids: {
        ...{ web: pidOf(web), worker: pidOf(worker) },
        ...{ postgres: pidOf(postgres), anvil: pidOf(anvil) },
        load: pidOf(child),
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** CPU milliseconds of each process so far. */
export function readCpuMs({ pids }: Processes): Record<ProcessName, number> {
  return Object.fromEntries(
    processNames.map((name) => [name, cpuMsOf(pids[name])]),
  ) as Record<ProcessName, number>
}

function startNode(
  name: 'web' | 'worker',
  args: string[],
  { environment }: Stack,
  profileTo: string,
): Child {
  const profile = profileTo
    ? ['--cpu-prof', `--cpu-prof-dir=${profileTo}/${name}`]
    : []
  const child = startChild(
    name,
    process.execPath,
    [...profile, '--import', 'tsx', ...args],
    {
      env: {
        ...keylessEnvironment(),
        ...environment[name],
        ...{ NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
      },
      onLine: (line) => {
        // Whatever is worth a warning is worth seeing beside the figures.
        if (/"level":(40|50|60)|rror/.test(line)) console.error(name, line)
      },
    },
  )
  return child
}

function startLoad(): { child: Child; load: Load } {
  const child = fork('bench/relay/load/main.ts', {
    execArgv: ['--import', 'tsx'],
    // Arrays of latencies come back faster so than as JSON.
    serialization: 'advanced',
  })
  const load = (name: string, options: unknown) =>
    new Promise<unknown>((resolve, reject) => {
      const onExit = () => reject(new Error('the load generator ended'))
      child.once('exit', onExit)
      child.once('message', (message) => {
        child.off('exit', onExit)
        const { result, error } = message as { result: unknown; error?: string }
        if (error) reject(new Error(error))
        else resolve(result)
      })
      child.send({ name, options })
    })
  const stop = async () => void child.kill()
  return { child: { name: 'load', process: child, stop }, load: load as Load }
}

async function isHealthy(appUrl: string): Promise<boolean> {
  const response = await fetch(`${appUrl}/api/health`)
  return response.ok
}
