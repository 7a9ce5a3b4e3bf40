// One job of the mutation check: a process with its own scratch copy, which
// compiles and tests the mutants that it is sent, one after another.
import { BuildError, Compiler } from './compile'
import { type Config, readClosure, type Sources, type Target } from './project'
import {
  type Effort,
  readBytecode,
  runTests,
  type Verdict,
  writeBytecode,
} from './scratch'

/** First message to a worker. */
export interface Assignment {
  folder: string
  config: Config
  targets: Target[]
}

/** Every further message. */
export interface Task {
  id: string
  file: string
  source: string
}

export type Status =
  | 'killed'
  | 'killed (build)'
  | 'killed (timeout)'
  | 'survived'
  | 'same bytecode'
  | 'broken'

/** The answer to each message; the first is about the contracts as they are. */
export interface Answer {
  id: string
  status: Status
  detail: string
  seconds: number
}

interface Part {
  target: Target
  sources: Sources
  bytecode: string
}

class Job {
  private parts: Part[] = []
  private limits: Record<Effort, number> = { quick: 600_000, thorough: 600_000 }

  constructor(
    private readonly folder: string,
    private readonly compiler: Compiler,
  ) {}

  /**
   * Checks that the bytecode is the artifacts', that the tests pass with it,
   * and that they fail without: else every mutant would seem to survive.
   */
  async open({ config, targets }: Assignment): Promise<[Status, string]> {
    for (const target of targets) {
      const sources = readClosure(target, config)
      const bytecode = this.compiler.compile(target, sources)
      this.parts.push({ target, sources, bytecode })
      if (bytecode !== readBytecode(this.folder, target)) {
        return ['broken', `other bytecode than forge's: ${target.name}`]
      }
    }
    for (const effort of ['quick', 'thorough'] as const) {
      const started = performance.now()
      const { status, detail } = await this.run(effort)
      if (status !== 'passed') return ['broken', `without a mutant: ${detail}`]
      const elapsed = performance.now() - started
      this.limits[effort] = Math.max(30_000, elapsed * 10)
    }
    this.deploy(this.parts.map((part) => ({ ...part, bytecode: '' })))
    const control = await this.run('quick')
    this.deploy(this.parts)
    if (control.status === 'failed') return ['survived', '']
    return ['broken', `without any code: ${control.status}`]
  }

  private run(effort: Effort): Promise<Verdict> {
    return runTests(this.folder, this.limits[effort], effort)
  }

  private deploy(parts: readonly Part[]): void {
    for (const { target, bytecode } of parts) {
      writeBytecode(this.folder, target, bytecode)
    }
  }

  async test({ file, source }: Task): Promise<[Status, string]> {
    const name = `contracts/${file}`
    const parts = this.parts.filter(({ sources }) => sources[name])
    if (parts.length === 0) return ['broken', 'in no contract that is deployed']
    const changed: Part[] = []
    for (const part of parts) {
      const sources = { ...part.sources, [name]: { content: source } }
      const bytecode = this.compiler.compile(part.target, sources)
      if (bytecode !== part.bytecode) changed.push({ ...part, bytecode })
    }
    if (changed.length === 0) return ['same bytecode', '']
    this.deploy(changed)
    const first = await this.run('quick')
    const { status, detail } =
      first.status === 'passed' ? await this.run('thorough') : first
    this.deploy(parts)
    if (status === 'passed') return ['survived', '']
    if (status === 'timeout') return ['killed (timeout)', detail]
    return [status === 'failed' ? 'killed' : 'broken', detail]
  }
}

async function answer(
  id: string,
  work: () => Promise<[Status, string]>,
): Promise<void> {
  const started = performance.now()
  const [status, detail] = await work().catch((error: unknown) => {
    if (!(error instanceof BuildError)) throw error
    return ['killed (build)', error.message] as const
  })
  const seconds = (performance.now() - started) / 1000
  process.send?.({ id, status, detail, seconds } satisfies Answer)
}

// Ending through `exit` takes a running forge along.
process.on('SIGTERM', () => process.exit())
process.on('disconnect', () => process.exit())
process.once('message', (assignment: Assignment) => {
  const { folder, config } = assignment
  const job = new Job(folder, new Compiler(config))
  process.on('message', (task: Task) => answer(task.id, () => job.test(task)))
  void answer('', () => job.open(assignment))
})
