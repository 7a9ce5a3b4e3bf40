import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Hex } from 'viem'
import {
  type ChainClient,
  createChainClient,
} from '@/lib/server/chain/chain-client'
import { getDatabase, setDatabase } from '@/lib/server/db/database'
import { type Stack, startStack } from '../stack'
import { LOCAL_CHAIN_ID } from '../stack/anvil'
import { hasExited } from '../stack/child'
import { buildApp, generatePrismaClient } from '../stack/generate'
import { publishHostileGame } from './hostile-game'
import { createMachine, type Machine } from './machine'

/** Several web processes and workers on one database and one chain, and the means to hurt each of them. */
export type Cluster = {
  stack: Stack
  webs: Machine[]
  workers: Machine[]
  machines: Machine[]
  /** Past all proxies, for the judge. */
  pool: pg.Pool
  client: ChainClient
  /** Policy with honest and hostile functions. */
  policyId: Hex
  /** One of Anvil's own methods. */
  anvil(method: string, params?: unknown[]): Promise<unknown>
  /** SIGKILL to PostgreSQL and all its children; it is started again after `downMs`. */
  killDatabase(downMs: number): Promise<void>
  stop(): Promise<void>
}

/** How patient workers are with transactions that do not get mined. */
export const STUCK_AFTER_MS = 1_500
const RESTARTED_MS = 90_000

export async function startCluster(size: {
  webs: number
  workers: number
}): Promise<Cluster> {
  await generatePrismaClient()
  await buildApp()
  const stack = await startStack({ durable: true })
  const { databaseUrl, rpcUrl, environment } = stack
  Object.assign(process.env, environment.web)
  const client = createChainClient(rpcUrl, LOCAL_CHAIN_ID)
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 })
  pool.on('error', () => undefined)
  const create = (role: 'web' | 'worker') => (_: unknown, index: number) =>
    createMachine({
      ...{ name: `${role} ${index + 1}`, role, databaseUrl, rpcUrl },
      ...{ env: environment[role], stuckAfterMs: STUCK_AFTER_MS },
    })
  const webs = await Promise.all(
    Array.from({ length: size.webs }, create('web')),
  )
  const workers = await Promise.all(
    Array.from({ length: size.workers }, create('worker')),
  )
  const machines = [...webs, ...workers]
  const anvil = (method: string, params: unknown[] = []) =>
    client.request({ method, params } as never) as Promise<unknown>
  const stop = async () => {
    await Promise.all(machines.map((machine) => machine.stop()))
    await pool.end()
    await getDatabase().close()
    setDatabase(undefined)
    await stack.stop()
  }
  try {
    await Promise.all(machines.map((machine) => machine.start()))
    const policyId = await publishHostileGame(anvil)
    return {
      ...{ stack, webs, workers, machines, pool, client, policyId, anvil },
      killDatabase: (downMs) => killDatabase(stack, downMs),
      stop,
    }
  } catch (error) {
    for (const { name, log } of machines) console.error(`${name}:\n${log()}`)
    await stop()
    throw error
  }
}

async function killDatabase(stack: Stack, downMs: number): Promise<void> {
  const { process: server } = stack.postgres
  const list = execFileSync('ps', [
    ...['-o', 'pid=', '--ppid', String(server.pid)],
  ]).toString()
  server.kill('SIGKILL')
  for (const line of list.split('\n').filter(Boolean)) kill(Number(line))
  while (!hasExited(server)) await sleep(5)
  await sleep(downMs)
  // Its shared memory is in use until the last of its processes has gone.
  for (const deadline = Date.now() + RESTARTED_MS; ; await sleep(100))
    try {
      return await stack.restartPostgres()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has gone by itself.
  }
}
