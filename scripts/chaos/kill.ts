import { setTimeout as sleep } from 'node:timers/promises'
import { undoBlocks } from '../test/undo-blocks'
import { type KillPoint, killPoints } from './kill-points'
import type { Machine } from './machine'
import { awaitRecovery } from './recovery'
import type { Run } from './run'

/** Machines of others may be slow; who comes to a point at all does so in a second or two. */
const REACHED_MS = 30_000
const SETTLE_MS = 60_000
const DATABASE_DOWN_MS = 200
const UNDONE = 2

/** Kills at a point and waits until players play as if nothing had been. What was killed is started again at once, as a supervisor does. @throws when the point is not reached, or nothing recovers */
export async function killAt(run: Run, point: KillPoint): Promise<void> {
  if (point.victim !== 'database') await run.spare(point.victim)
  const before =
    point.stimulus === 'restart' ? await killWhileSending(run) : null
  const killing = arm(run, point)
  const calm = await stimulate(run, point)
  const killedMs = await inTime(killing, point.name).finally(async () => {
    run.cluster.machines.forEach(disarm)
    void run.repair().catch(() => undefined)
    await calm()
  })
  const sinceMs = before ?? killedMs
  const recoverySeconds = await awaitRecovery(run, sinceMs, point.name)
  run.kills.push({ point: point.name, recoverySeconds })
}

/** Sets traps on every machine that may come to the point; the first that does is the one. @returns when it was killed */
function arm({ cluster, failures }: Run, point: KillPoint): Promise<number> {
  const machines = cluster.machines.filter(({ role }) => role === point.at)
  return new Promise((resolve) => {
    const spring = (machine: Machine) => {
      for (const each of machines) disarm(each)
      if (point.victim === 'database')
        cluster.killDatabase(DATABASE_DOWN_MS).catch((error: Error) => {
          failures.push(`the database did not start again: ${error.message}`)
        })
      else machine.kill()
      resolve(Date.now())
    }
    for (const machine of machines) {
      const { moment } = point
      const trap = { moment, spring: () => spring(machine) }
      if ('statement' in point)
        machine.postgres.traps.set({ ...trap, matches: point.statement })
      else machine.rpc.traps.set({ ...trap, matches: point.rpc })
    }
  })
}

function disarm({ postgres, rpc }: Machine): void {
  postgres.traps.set(null)
  rpc.traps.set(null)
}

/** Brings about what the point needs, beside the players who play anyway. @returns what ends it */
async function stimulate(
  { cluster, newPlayer }: Run,
  { stimulus }: KillPoint,
): Promise<() => Promise<void>> {
  const { anvil } = cluster
  if (stimulus === 'grant') {
    const playing = newPlayer().then((player) => player.play(1, SETTLE_MS))
    return whenDone(playing, () => undefined)
  }
  if (stimulus === 'revoke') {
    const player = await newPlayer()
    await player.play(1, SETTLE_MS)
    return whenDone(player.revoke(), () => player.leave())
  }
  if (stimulus === 'stuck') {
    await anvil('evm_setAutomine', [false])
    return async () => {
      await anvil('evm_setAutomine', [true])
      await anvil('evm_mine')
    }
  }
  if (stimulus === 'undo') await undoBlocks(anvil, UNDONE)
  return async () => undefined
}

/** Waits for what goes on meanwhile, and hears of its failure only then. */
function whenDone(
  work: Promise<unknown>,
  afterwards: () => void,
): () => Promise<void> {
  work.catch(() => undefined)
  return async () => {
    await work
    afterwards()
  }
}

/** The first of two: whoever takes over has a transaction to recover. */
async function killWhileSending(run: Run): Promise<number> {
  const point = killPoints.find(({ name }) => /stored, not sent/.test(name))
  const killedMs = await inTime(arm(run, point as KillPoint), point?.name ?? '')
  void run.repair().catch(() => undefined)
  return killedMs
}

async function inTime(killing: Promise<number>, name: string): Promise<number> {
  const late = sleep(REACHED_MS, null, { ref: false }).then(() => null)
  const killedMs = await Promise.race([killing, late])
  if (killedMs === null)
    throw new Error(`"${name}" was not reached in ${REACHED_MS} ms`)
  return killedMs
}
