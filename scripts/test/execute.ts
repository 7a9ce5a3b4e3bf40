import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { Family, send } from './execute-family'

/** How a command ended, and everything that it printed. */
export type Execution = { code: number; output: string }

/** How long those who outlive a command, and pipes that they hold, are waited for. */
const DRAIN_MS = 3_000

/**
 * Runs a command in a process group of its own. Whatever it started has ended too when this resolves or rejects.
 * @param options `stop`: ends it early, by SIGTERM and after `graceMs` by SIGKILL. `onOutput`: hears what it prints, as it does.
 * @throws the reason of `stop`, or when the command cannot be started
 */
export async function execute(
  command: string,
  args: readonly string[],
  options: {
    stop: AbortSignal
    graceMs: number
    onOutput: (chunk: string | Buffer) => void
    env?: Record<string, string>
  },
): Promise<Execution> {
  const { stop, graceMs, onOutput, env = {} } = options
  stop.throwIfAborted()
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    // So that those of its children that know of no signals are reached as well.
    detached: process.platform !== 'win32',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk
      onOutput(chunk)
    })
  const closed = new Promise((resolve) => child.once('close', resolve))
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
  const { pid } = child
  if (pid === undefined) return { code: await exited, output }

  const family = new Family(pid)
  const endEarly = async () => {
    // Known before anybody ends: its parent's end would hide who is in a group of its own.
    await family.look()
    if (process.platform === 'win32') child.kill()
    else send(-pid, 'SIGTERM')
    await Promise.race([exited, sleep(graceMs, undefined, { ref: false })])
    await family.end(DRAIN_MS)
    if (child.exitCode === null) child.kill('SIGKILL')
  }
  let ending: Promise<void> | undefined
  const onStop = () => {
    ending = endEarly()
  }
  stop.addEventListener('abort', onStop)
  try {
    // Its exit, not the end of its pipes: those may be held by who outlives it.
    const code = await exited
    await ending
    const left = await family.awaitEnd(DRAIN_MS)
    if (left.length > 0) {
      onOutput(`left running, and ended now: processes ${left.join(', ')}\n`)
      await family.end(DRAIN_MS)
    }
    await Promise.race([closed, sleep(DRAIN_MS, undefined, { ref: false })])
    if (ending) throw stop.reason
    return { code, output }
  } finally {
    family.close()
    stop.removeEventListener('abort', onStop)
    child.stdout.destroy()
    child.stderr.destroy()
  }
}
