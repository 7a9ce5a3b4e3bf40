import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Mutant } from './mutate'
import type { Config, Target } from './project'
import { copyScratch, createScratch, runTests } from './scratch'
import type { Answer, Assignment, Task } from './worker'

const BUILD_LIMIT = 900_000

/** Sends `message` and waits for the answer. */
function ask(
  worker: ChildProcess,
  message: Assignment | Task,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (code: number | null) =>
      reject(new Error(`a worker ended with exit code ${code}`))
    worker.once('exit', fail)
    worker.once('message', (answer: Answer) => {
      worker.off('exit', fail)
      resolve(answer)
    })
    worker.send(message)
  })
}

/** Builds the scratch copies: one is compiled, the others copy it. */
async function build(folders: readonly string[], solc: string): Promise<void> {
  const [first, ...others] = folders
  if (!first) return
  createScratch(first, solc)
  const { status, detail } = await runTests(
    ...([first, BUILD_LIMIT, 'thorough', 0] as const),
  )
  if (status !== 'passed') throw new Error(`without a mutant: ${detail}`)
  for (const folder of others) {
    copyScratch(first, folder)
  }
}

async function work(
  worker: ChildProcess,
  assignment: Assignment,
  queue: Mutant[],
  onAnswer: (mutant: Mutant, answer: Answer) => void,
): Promise<void> {
  const { status, detail } = await ask(worker, assignment)
  if (status !== 'survived') throw new Error(detail)
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { id, file, source } = next
    onAnswer(next, await ask(worker, { id, file, source }))
  }
}

/** Tests `mutants` in `jobs` processes. */
export async function testMutants(
  mutants: readonly Mutant[],
  jobs: number,
  config: Config,
  targets: Target[],
  onAnswer: (mutant: Mutant, answer: Answer) => void,
): Promise<void> {
  const scratch = mkdtempSync(join(realpathSync(tmpdir()), 'playkey-mutation-'))
  const workers: ChildProcess[] = []
  const clear = () => {
    for (const worker of workers) worker.kill()
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
  }
  const interrupt = () => {
    clear()
    process.exit(130)
  }
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    const count = Math.min(jobs, mutants.length)
    const folders = Array.from({ length: count }, (_, i) =>
      join(scratch, `job-${i + 1}`),
    )
    await build(folders, config.solc)
    const queue = [...mutants]
    const runs = folders.map((folder) => {
      const worker = fork(join(import.meta.dirname, 'worker.ts'))
      workers.push(worker)
      return work(worker, { folder, config, targets }, queue, onAnswer)
    })
    await Promise.all(runs)
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    clear()
  }
}
