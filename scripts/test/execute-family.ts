import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

const LOOK_MS = 2_000
const POLL_MS = 100

/**
 * A process and everything that descends from it. Who loses its parent is nobody's child any more, and a group of its
 * own hides it from its grandparent's: so the family is looked at again and again while it is whole.
 */
export class Family {
  #members = new Set<number>()
  #looking: Promise<unknown> = Promise.resolve()
  readonly #leader: number
  readonly #timer: NodeJS.Timeout

  /** @param leader process id, which is its group's id too */
  constructor(leader: number) {
    this.#leader = leader
    this.#members.add(leader)
    this.#timer = setInterval(() => void this.look(), LOOK_MS)
    this.#timer.unref()
  }

  /** Stops looking by itself. */
  close(): void {
    clearInterval(this.#timer)
  }

  /** @returns who is alive, the leader included */
  look(): Promise<number[]> {
    // One look after the other: an older list must not replace a newer one.
    const looking = this.#looking.then(() => this.#lookNow())
    this.#looking = looking
    return looking
  }

  async #lookNow(): Promise<number[]> {
    const rows = await listProcesses()
    const family = new Set<number>()
    for (let before = -1; before < family.size; ) {
      before = family.size
      for (const { pid, parent, group } of rows)
        if (
          this.#members.has(pid) ||
          group === this.#leader ||
          family.has(parent)
        )
          family.add(pid)
    }
    this.#members = family
    return [...family]
  }

  /** Waits until nobody is left, or `timeoutMs` have passed. @returns who is left */
  async awaitEnd(timeoutMs: number): Promise<number[]> {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const left = await this.look()
      if (left.length === 0 || Date.now() > deadline) return left
      await sleep(POLL_MS)
    }
  }

  /** Ends whoever is left: asks, and after `graceMs` does not ask any more. */
  async end(graceMs: number): Promise<void> {
    for (const pid of await this.look()) send(pid, 'SIGTERM')
    for (const pid of await this.awaitEnd(graceMs)) send(pid, 'SIGKILL')
    await this.awaitEnd(graceMs)
  }
}

/** Sends a signal; who has gone does not mind. @param pid negative: to its group */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended meanwhile.
  }
}

/** Every process that has not ended. Windows has no `ps`, and there nobody is found. */
async function listProcesses(): Promise<
  { pid: number; parent: number; group: number }[]
> {
  const columns = ['pid=', 'ppid=', 'pgid=', 'stat='].flatMap((name) => [
    '-o',
    name,
  ])
  const listed = await run('ps', ['-A', ...columns]).catch(() => null)
  const rows = (listed?.stdout ?? '').split('\n').map((line) => {
    const [pid, parent, group, state = 'Z'] = line.trim().split(/\s+/)
    return {
      ...{ pid: Number(pid), parent: Number(parent), group: Number(group) },
      state,
    }
  })
  // A zombie has ended; only its parent has not asked how.
  return rows.filter(({ state }) => !state.startsWith('Z'))
}
