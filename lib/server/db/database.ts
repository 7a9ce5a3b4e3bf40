import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { getServerEnv } from '@/lib/config/env'
import { PrismaClient } from './generated/client'

/** Prisma's types, for services that write queries. */
export type { Prisma } from './generated/client'

/** One pool of connections, and Prisma on top of the same pool. */
export type Database = {
  url: string
  /** For the relay's hot path: hand-written SQL in few statements. */
  pool: pg.Pool
  prisma: PrismaClient
  close(): Promise<void>
}

/**
 * Statements here look up few rows by their keys. A plan that was made and kept while a table was small, or not measured
 * yet, would go on reading it whole when it has grown. So there is one right plan for each, whatever its parameters:
 * making a new one each time costs more than most of them take.
 */
const PLANNER = [
  ...['enable_seqscan=off', 'enable_hashjoin=off', 'enable_mergejoin=off'],
  ...['jit=off', 'plan_cache_mode=force_generic_plan'],
]
const RELAXED = 'synchronous_commit=off'

/**
 * Opens a pool; connections are made on first use.
 * @param max Connections at most; a query beyond waits at most 5 s, then fails as temporarily unavailable.
 * @param commits `relaxed` ones do not wait for the disk: a crash of the database may undo the last of them, never one alone in the middle.
 */
export function openDatabase(
  url: string,
  max = 12,
  commits: 'durable' | 'relaxed' = 'durable',
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    options: [...PLANNER, ...(commits === 'relaxed' ? [RELAXED] : [])]
      .map((setting) => `-c ${setting}`)
      .join(' '),
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
  })
  // A connection that breaks while idle must not end the process; the next query opens another.
  pool.on('error', () => undefined)
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  const close = async () => {
    await prisma.$disconnect()
    await pool.end()
  }
  return { url, pool, prisma, close }
}

const holder = globalThis as typeof globalThis & {
  playkeyDatabase?: Database | undefined
}

/** This process's database, opened once from the environment; survives hot reload. */
export function getDatabase(): Database {
  holder.playkeyDatabase ??= openDatabase(getServerEnv().DATABASE_URL)
  return holder.playkeyDatabase
}

/** Makes `database` the one of this process: the worker and tests open their own. */
export function setDatabase(database: Database | undefined): void {
  holder.playkeyDatabase = database
}
