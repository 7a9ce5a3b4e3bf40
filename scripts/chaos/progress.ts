import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultResult } from './chain-faults'
import { describeStuck } from './describe-stuck'
import type { Run } from './run'

/** Each costs minutes. After so many in a row nothing heals any more, and the judge need not wait for the rest. */
const UNHEALED_MAX = 3
const DESCRIBE_MS = 10_000

/** Leads a run from step to step, and tells how each went. */
export class Progress {
  /** The step that goes on, or was the last. */
  doing = 'starting'
  /** Nothing more is told of a run that was given up, though its steps may go on. */
  isOver = false
  #unhealed = 0

  /** Whether so many faults in a row did not heal that the rest is left out. */
  get isHopeless(): boolean {
    return this.#unhealed >= UNHEALED_MAX
  }

  /** @param nameAfter by what it is told of once it is done */
  async step<T>(
    name: string,
    work: () => Promise<T>,
    nameAfter = (_: T) => name,
  ): Promise<T> {
    const startedMs = Date.now()
    this.doing = name
    try {
      const result = await work()
      this.#say(startedMs, nameAfter(result))
      return result
    } catch (error) {
      this.#say(startedMs, name)
      throw error
    }
  }

  /** Something that has to heal. @returns null when it does not, which the run then tells, or when it was left out */
  async fault<T>(
    run: Run,
    name: string,
    work: () => Promise<T>,
    nameAfter = (_: T) => name,
  ): Promise<T | null> {
    if (this.isHopeless || this.isOver) return null
    try {
      const result = await this.step(name, work, nameAfter)
      this.#unhealed = 0
      return result
    } catch (error) {
      await this.#fail(run, messageOf(error).trim())
      return null
    }
  }

  /** Faults of a kind, one after the other. @returns those that healed */
  async faults(
    run: Run,
    kind: string,
    ...works: (() => Promise<FaultResult>)[]
  ): Promise<FaultResult[]> {
    const results: FaultResult[] = []
    for (const [index, work] of works.entries()) {
      const name = `${kind}, ${index + 1} of ${works.length}`
      const result = await this.fault(run, name, work, (done) => done.name)
      if (result !== null) results.push(result)
    }
    return results
  }

  /** Prints what waits for what. */
  async describe(run: Run): Promise<void> {
    const late = sleep(DESCRIBE_MS).then(() => [
      'database and chain are silent',
    ])
    const lines = await Promise.race([describeStuck(run), late]).catch(
      (error: unknown) => [messageOf(error)],
    )
    for (const line of lines) console.log(`    ${line}`)
  }

  async #fail(run: Run, message: string): Promise<void> {
    if (this.isOver) return
    this.#unhealed += 1
    run.failures.push(message)
    console.log(`    ${message}`)
    await this.describe(run)
    if (!this.isHopeless) return
    const rest = `${UNHEALED_MAX} faults in a row did not heal: the rest is left out`
    run.failures.push(rest)
    console.log(`    ${rest}`)
  }

  #say(sinceMs: number, what: string): void {
    if (this.isOver) return
    const seconds = (Date.now() - sinceMs) / 1_000
    console.log(`  ${seconds.toFixed(1).padStart(6)} s  ${what}`)
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
