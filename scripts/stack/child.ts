import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process this run started. */
export type Child = {
  name: string
  process: ChildProcess
  /** Asks it to stop, waits, and kills it after `graceMs`. Idempotent. */
  stop(graceMs?: number): Promise<void>
}

/** Those that have not ended. */
const running = new Set<ChildProcess>()

/** Starts a process and keeps its output's last lines for error messages. @throws when it cannot be spawned. */
export function startChild(
  name: string,
  command: string,
  args: string[],
  options: SpawnOptions & {
    onLine?: (line: string) => void
    stopSignal?: NodeJS.Signals
  } = {},
): Child {
  const { onLine, stopSignal = 'SIGTERM', ...spawnOptions } = options
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C in the terminal reaches only the supervisor, which stops things in order.
    detached: process.platform !== 'win32',
    ...spawnOptions,
  })
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8')
    stream?.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) onLine?.(line)
    })
  }
  running.add(child)
  child.once('exit', () => running.delete(child))
  child.on('error', (error) => onLine?.(`${name}: ${error.message}`))
  return {
    name,
    process: child,
    stop: (graceMs) => stop(child, stopSignal, graceMs),
  }
}

async function stop(
  child: ChildProcess,
  signal: NodeJS.Signals,
  graceMs = 10_000,
): Promise<void> {
  if (hasExited(child)) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await Promise.race([exited, sleep(graceMs, undefined, { ref: false })])
  if (hasExited(child)) return
  child.kill('SIGKILL')
  await exited
}

/** Ends whatever `startChild` started and nobody stopped, each with its group, in this very tick. */
export function killChildren(): void {
  for (const child of running)
    try {
      // What is stopped by SIGSTOP dies of it as well.
      if (process.platform === 'win32') child.kill('SIGKILL')
      else process.kill(-(child.pid ?? Number.NaN), 'SIGKILL')
    } catch {
      // It has ended meanwhile, or never started.
    }
}

/** Whether the process has ended, by exit or by signal. */
export function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** Polls until `check` resolves to true. @throws when `timeoutMs` pass or `child` ends first, with its last words. */
export async function waitUntil(
  what: string,
  check: () => Promise<boolean>,
  options: { timeoutMs: number; child?: Child; log?: () => string },
): Promise<void> {
  const deadline = Date.now() + options.timeoutMs
  while (!(await check().catch(() => false))) {
    const ended = options.child && hasExited(options.child.process)
    if (ended || Date.now() > deadline)
      throw new Error(
        `${what} ${ended ? 'ended while starting' : `did not start within ${options.timeoutMs} ms`}.\n${options.log?.() ?? ''}`,
      )
    await sleep(25)
  }
}

/** Whether nothing listens on 127.0.0.1:`port`. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** A port nobody listens on right now. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

/** Keeps the last lines of output, for error messages. */
export function tail(limit = 30): { push(line: string): void; text(): string } {
  const lines: string[] = []
  return {
    push(line) {
      lines.push(line)
      if (lines.length > limit) lines.shift()
    },
    text: () => lines.join('\n'),
  }
}
