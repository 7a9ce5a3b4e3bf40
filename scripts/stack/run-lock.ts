import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { waitUntil } from './child'

const run = promisify(execFile)

type Record = {
  pid: number
  url: string
  /** Processes it started, with a word of their command line that tells them apart from a reused pid. */
  children: { pid: number; command: string }[]
}

/** One run at a time over a data directory. */
export type RunLock = {
  /** Remembers a child, so that the next run can end it if this one is killed. */
  track(pid: number | undefined, command: string): Promise<void>
  release(): Promise<void>
}

/** Takes the lock and ends what a killed run left behind. @throws when another run is alive, naming its URL. */
export async function acquireRunLock(
  directory: string,
  url: string,
): Promise<RunLock> {
  await mkdir(directory, { recursive: true })
  const file = join(directory, 'run.json')
  const earlier = await read(file)
  if (earlier && (await isAlive(earlier.pid, 'supervise')))
    throw new Error(
      `Playkey is already running at ${earlier.url} (process ${earlier.pid}). Stop it with Ctrl-C in its terminal, or open that address.`,
    )
  // Last started first: PostgreSQL waits for its clients to leave.
  for (const child of earlier?.children.reverse() ?? []) await end(child)

  const record: Record = { pid: process.pid, url, children: [] }
  const write = () => writeFile(file, JSON.stringify(record, null, 2))
  await write()
  return {
    async track(pid, command) {
      if (!pid) return
      record.children.push({ pid, command })
      await write()
    },
    release: () => rm(file, { force: true }),
  }
}

async function read(file: string): Promise<Record | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record
  } catch {
    return null
  }
}

async function isAlive(pid: number, command: string): Promise<boolean> {
  const result = await run('ps', ['-o', 'args=', '-p', String(pid)]).catch(
    () => null,
  )
  return result?.stdout.includes(command) ?? false
}

async function end(child: { pid: number; command: string }): Promise<void> {
  const isGone = async () => !(await isAlive(child.pid, child.command))
  if (await isGone()) return
  process.kill(child.pid, 'SIGINT')
  await waitUntil('', isGone, { timeoutMs: 10_000 }).catch(async () => {
    process.kill(child.pid, 'SIGKILL')
    await waitUntil('', isGone, { timeoutMs: 5_000 })
  })
}
