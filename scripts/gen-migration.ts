import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { findFreePort } from './stack/child'
import { startPostgres } from './stack/postgres'
import {
  applyMigrations,
  diffSchemas,
  readSchema,
  type SchemaFiles,
} from './stack/schema-engine'

/**
 * `gen-migration NAME` writes the SQL from the committed schema to the working tree's; the first migration ends with
 * `prisma/storage.sql`.
 * `gen-migration --check` fails unless the migrations build exactly what the schema describes.
 */
const storageFile = 'prisma/storage.sql'
const argument = process.argv[2]
if (!argument) throw new Error('usage: gen-migration NAME | --check')

const directory = await mkdtemp(join(tmpdir(), 'playkey-shadow-'))
await chmod(directory, 0o711)
const postgres = await startPostgres({
  directory: join(directory, 'postgres'),
  port: await findFreePort(),
  database: 'migrated',
  durable: false,
})
try {
  if (argument === '--check') await check(postgres.url)
  else await write(argument, postgres.url)
} finally {
  await postgres.child.stop()
  await rm(directory, { recursive: true })
}

async function check(url: string): Promise<void> {
  await applyMigrations(url)
  const migrated = await withClient(url, readCatalog)
  const schema = await diffSchemas(url, [], await readSchema())
  const described = await withClient(url, async (client) => {
    await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
    await client.query(schema)
    await client.query(await readFile(storageFile, 'utf8'))
    return readCatalog(client)
  })
  const missing = described.filter((line) => !migrated.includes(line))
  const extra = migrated.filter((line) => !described.includes(line))
  if (missing.length + extra.length === 0) return
  console.error('prisma/migrations do not build what prisma/schema describes:')
  for (const line of missing) console.error(`  missing ${line}`)
  for (const line of extra) console.error(`  extra   ${line}`)
  process.exitCode = 1
}

async function withClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Columns, indexes, constraints and enum values of the database, one line each. */
async function readCatalog(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(`
    SELECT format('column %s.%s %s %s %s', table_name, column_name, udt_name,
      is_nullable, column_default) AS line
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index ' || indexdef FROM pg_indexes
    WHERE schemaname = 'public'
    UNION ALL SELECT format('constraint %s %s', conname,
      pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT format('enum %s %s', typname, enumlabel)
    FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid`)
  return rows
    .map((row) => row.line)
    .filter((line) => !line.includes('_prisma_migrations'))
    .sort()
}

async function write(name: string, url: string): Promise<void> {
  const from = committedSchema()
  const sql = await diffSchemas(url, from, await readSchema())
  if (!sql) {
    console.log('The schema has not changed since the last commit.')
    return
  }
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const target = join('prisma/migrations', `${stamp}_${name}`)
  await mkdir(target, { recursive: true })
  const storage = from.length > 0 ? '' : await readFile(storageFile, 'utf8')
  await writeFile(join(target, 'migration.sql'), `${sql}\n${storage}`)
  await writeFile(
    'prisma/migrations/migration_lock.toml',
    'provider = "postgresql"\n',
  )
  console.log(`Wrote ${target}`)
}

/** The schema of the last commit; empty when there are no migrations yet. */
function committedSchema(): SchemaFiles {
  const git = (...args: string[]) =>
    execFileSync('git', args, { encoding: 'utf8' })
  const list = (path: string) =>
    git('ls-tree', '--name-only', '-r', 'HEAD', path)
      .split('\n')
      .filter(Boolean)
  if (!existsSync('prisma/migrations')) return []
  return list('prisma/schema').map((path) => [
    path,
    git('show', `HEAD:${path}`),
  ])
}
