import { setTimeout as sleep } from 'node:timers/promises'
import { type Cluster, startCluster } from './cluster'
import { createFleet } from './fleet-care'
import { Journal } from './journal'
import { type Load, startLoad } from './load'
import type { MachineRole } from './machine'
import { ChaosPlayer, type World } from './player'
import { createRandom } from './random'
import { RelayHttp, readStatuses } from './relay-http'

/** One process that was killed, and how long it took until players noticed nothing of it any more. */
export type Kill = { point: string; recoverySeconds: number }

/** A chaos run: the world, what is known of it, and what was found. */
export type Run = {
  cluster: Cluster
  journal: Journal
  world: World
  random: () => number
  kills: Kill[]
  /** Points that were not reached, and what did not recover. */
  failures: string[]
  load: Load
  /** A player with a session that nobody else plays. */
  newPlayer(): Promise<ChaosPlayer>
  /** Everything that was killed runs again, when this resolves. */
  repair(): Promise<void>
  /** At least two machines of the role run, when this resolves: one to be killed, one to go on. */
  spare(role: MachineRole): Promise<void>
  /** Waits until every acknowledged intent has ended. @returns how many have not */
  settleAll(timeoutMs: number): Promise<number>
  /** Stops everything, whatever is going on: players wait for nothing any more. */
  stop(): Promise<void>
}

/** Starts the world with players in it. */
export async function startRun(size: {
  webs: number
  workers: number
  players: number
  seed: number
}): Promise<Run> {
  const cluster = await startCluster(size)
  const random = createRandom(size.seed)
  const journal = new Journal()
  const abandoned = new AbortController()
  const http = new RelayHttp(cluster.webs, journal, random, abandoned.signal)
  const { client, policyId, machines } = cluster
  const world = { http, journal, client, policyId }
  const everybody: ChaosPlayer[] = []
  const newPlayer = async () => {
    const player = new ChaosPlayer(world)
    everybody.push(player)
    await player.enter()
    return player
  }
  const players = await Promise.all(
    Array.from({ length: size.players }, newPlayer),
  ).catch(async (error) => {
    await cluster.stop()
    throw error
  })
  const load = startLoad(players, random)
  return {
    ...{ cluster, journal, world, random, load, newPlayer },
    kills: [],
    failures: [],
    ...createFleet(machines),
    settleAll: (timeoutMs) => settleAll(http, journal, timeoutMs),
    stop: async () => {
      abandoned.abort(new Error('the run is over'))
      for (const player of everybody) player.leave()
      await load.stop()
      await cluster.stop()
    },
  }
}

async function settleAll(
  http: RelayHttp,
  journal: Journal,
  timeoutMs: number,
): Promise<number> {
  for (const deadline = Date.now() + timeoutMs; ; await sleep(500)) {
    const open = journal.open.map(({ id }) => id)
    if (open.length === 0 || Date.now() > deadline) return open.length
    await readStatuses(http, journal, open)
  }
}
