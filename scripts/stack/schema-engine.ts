import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg'

const root = fileURLToPath(new URL('../..', import.meta.url))
const migrationsDirectory = join(root, 'prisma/migrations')
const schemaDirectory = join(root, 'prisma/schema')

let loaded: Promise<void> | undefined

/**
 * Prisma's own schema engine, as the WebAssembly build that npm carries: the native one is
 * downloaded from elsewhere, which a machine without internet cannot do.
 */
async function openEngine(databaseUrl: string) {
  loaded ??= loadWasm()
  await loaded
  const adapter = bindMigrationAwareSqlAdapterFactory(
    new PrismaPg({ connectionString: databaseUrl }),
  )
  return bindings.SchemaEngine.new(
    { datamodels: await readSchema() },
    () => undefined,
    adapter,
  )
}

async function loadWasm(): Promise<void> {
  const entry = import.meta.resolve('@prisma/schema-engine-wasm')
  const bytes = await readFile(new URL('./schema_engine_bg.wasm', entry))
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': bindings as unknown as WebAssembly.ModuleImports,
  })
  bindings.__wbg_set_wasm(instance.exports)
  const start = instance.exports.__wbindgen_start as () => void
  start()
}

/** The schema of the working tree. */
export async function readSchema(): Promise<SchemaFiles> {
  const names = (await readdir(schemaDirectory)).filter((name) =>
    name.endsWith('.prisma'),
  )
  return Promise.all(
    names
      .sort()
      .map(
        async (name): Promise<[string, string]> => [
          name,
          await readFile(join(schemaDirectory, name), 'utf8'),
        ],
      ),
  )
}

async function readMigrations() {
  const entries = await readdir(migrationsDirectory, {
    withFileTypes: true,
  }).catch(() => [])
  const directories = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  return {
    baseDir: migrationsDirectory,
    lockfile: {
      path: 'migration_lock.toml',
      content: 'provider = "postgresql"\n',
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      directories.map(async (path) => ({
        path,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: await readFile(
              join(migrationsDirectory, path, 'migration.sql'),
              'utf8',
            ),
          },
        },
      })),
    ),
  }
}

const filters = { externalTables: [], externalEnums: [] }

/** Applies the migrations that the database has not seen. @returns their names. */
export async function applyMigrations(databaseUrl: string): Promise<string[]> {
  const engine = await openEngine(databaseUrl)
  const result = await engine.applyMigrations({
    migrationsList: await readMigrations(),
    filters,
  })
  return result.appliedMigrationNames
}

/** A Prisma schema: file names and contents. */
export type SchemaFiles = [string, string][]

/** SQL that leads from one schema to another; empty when they agree. An empty `from` starts at an empty database. `databaseUrl` is not touched. */
export async function diffSchemas(
  databaseUrl: string,
  from: SchemaFiles,
  to: SchemaFiles,
): Promise<string> {
  const engine = await openEngine(databaseUrl)
  const target = (files: SchemaFiles) => ({
    tag: 'schemaDatamodel' as const,
    files: files.map(([path, content]) => ({ path, content })),
  })
  const result = await engine.diff({
    from: from.length > 0 ? target(from) : { tag: 'empty' },
    to: target(to),
    script: true,
    exitCode: true,
    filters,
  })
  return result.exitCode === 0 ? '' : (result.stdout ?? '')
}
