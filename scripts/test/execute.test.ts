import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { execute } from './execute'

const node = process.execPath
const GRACE_MS = 500

/** Prints its process id and stays, whoever asks it to go; in a group of its own, as a database of a test is. */
const stubborn = `
  process.on('SIGTERM', () => console.log('no'))
  setInterval(() => {}, 1000)
  console.log('pid ' + process.pid)
`
const withGrandchild = (own: string) => `
  require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}], { stdio: 'inherit', detached: true })
  ${own}
`

/** @param stopAfter number of process ids that are printed before it is stopped, by default none stops it */
async function runScript(code: string, stopAfter = Number.POSITIVE_INFINITY) {
  const stop = new AbortController()
  let output = ''
  const pids = () =>
    [...output.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid))
  const result = await execute(node, ['-e', code], {
    ...{ stop: stop.signal, graceMs: GRACE_MS },
    onOutput: (chunk) => {
      output += chunk
      if (pids().length >= stopAfter) stop.abort(new Error('took too long'))
    },
  }).catch((error: Error) => error)
  return { result, output, pids: pids() }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Whether all have ended; who has no parent any more may be a zombie for a moment. */
async function haveEnded(pids: readonly number[]): Promise<boolean> {
  for (let tries = 0; tries < 50 && pids.some(isAlive); tries += 1)
    await sleep(100)
  return !pids.some(isAlive)
}

describe('execute', () => {
  test('behavior: tells the exit code and everything that was printed', async () => {
    const { result, output } = await runScript(
      `console.log('one'); console.error('two'); process.exitCode = 3`,
    )
    expect(result).toEqual({ code: 3, output })
    expect(output).toContain('one\n')
    expect(output).toContain('two\n')
  })

  test('behavior: what ignores SIGTERM ends, and its children in groups of their own', async () => {
    const { result, output, pids } = await runScript(
      withGrandchild(stubborn),
      2,
    )
    expect(result).toMatchObject({ message: 'took too long' })
    expect(output).toContain('no\n')
    expect(pids).toHaveLength(2)
    expect(await haveEnded(pids)).toBe(true)
  })

  test('behavior: who ends by itself is not waited for because its child holds its output', async () => {
    const { result, output, pids } = await runScript(
      withGrandchild('setTimeout(() => process.exit(0), 5_000)'),
    )
    expect(result).toMatchObject({ code: 0 })
    expect(pids).toHaveLength(1)
    expect(output).toContain(
      `left running, and ended now: processes ${pids[0]}\n`,
    )
    expect(await haveEnded(pids)).toBe(true)
  })

  test('error: nothing starts when it has been stopped already', async () => {
    const chunks: unknown[] = []
    const running = execute(node, ['-e', `console.log('here')`], {
      stop: AbortSignal.abort(new Error('interrupted')),
      graceMs: GRACE_MS,
      onOutput: (chunk) => chunks.push(chunk),
    })
    await expect(running).rejects.toThrow('interrupted')
    expect(chunks).toEqual([])
  })

  test('error: the command does not exist', async () => {
    const running = execute('/does/not/exist', [], {
      stop: new AbortController().signal,
      graceMs: GRACE_MS,
      onOutput: () => undefined,
    })
    await expect(running).rejects.toThrow('ENOENT')
  })
})
