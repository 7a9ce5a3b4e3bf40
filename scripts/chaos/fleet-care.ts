import { setTimeout as sleep } from 'node:timers/promises'
import type { Machine, MachineRole } from './machine'

/** Starts killed machines again, as a supervisor does. */
export function createFleet(machines: readonly Machine[]) {
  const starting = new Map<Machine, Promise<void>>()
  const start = async (machine: Machine) => {
    while (machine.isUp()) await sleep(10)
    await machine.start()
  }
  const care = () => {
    for (const machine of machines) {
      if (machine.isUp() || starting.has(machine)) continue
      const done = start(machine).finally(() => starting.delete(machine))
      // Whoever waits for it hears of a failure.
      done.catch(() => undefined)
      starting.set(machine, done)
    }
  }
  return {
    repair: async () => {
      care()
      await Promise.all(starting.values())
    },
    spare: async (role: MachineRole) => {
      care()
      const isReady = (machine: Machine) =>
        machine.role === role && machine.isUp() && !starting.has(machine)
      while (machines.filter(isReady).length < 2) {
        await Promise.race(starting.values())
        care()
      }
    },
  }
}
