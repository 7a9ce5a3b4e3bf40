import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { keylessEnvironment } from './environment'

const run = promisify(execFile)

/** Generates the Prisma client, unless it already is that of the current schema. */
export async function generatePrismaClient(): Promise<void> {
  const stamp = 'lib/server/db/generated/.schema'
  const hash = await hashOf(['prisma/schema', 'package-lock.json'])
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === hash) return
  await run(
    process.execPath,
    ['node_modules/prisma/build/index.js', 'generate'],
    {
      // Generating needs no schema engine, but the CLI insists on downloading one unless it is told of a file.
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
    },
  )
  await writeFile(stamp, hash)
}

/** Builds the app for production, unless exactly these sources are built already. */
export async function buildApp(): Promise<void> {
  const stamp = '.next/.sources'
  const hash = await hashOf([
    ...['app', 'components', 'lib', 'public', 'proxy.ts', 'next.config.ts'],
    ...['package-lock.json', 'tsconfig.json', 'postcss.config.mjs'],
  ])
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === hash) return
  await run(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
    env: { ...keylessEnvironment(), NEXT_TELEMETRY_DISABLED: '1' },
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`The build failed.\n${error.stdout}\n${error.stderr}`)
  })
  await writeFile(stamp, hash)
}

async function hashOf(paths: string[]): Promise<string> {
  const hash = createHash('sha256').update(process.version)
  for (const path of paths)
    for (const file of (await listFiles(path)).sort())
      hash.update(file).update(await readFile(file))
  return hash.digest('hex')
}

async function listFiles(path: string): Promise<string[]> {
  if (!existsSync(path)) return []
  const entries = await readdir(path, { withFileTypes: true }).catch(() => null)
  if (!entries) return [path]
  const nested = await Promise.all(
    entries
      .filter((entry) => entry.name !== '.schema')
      .map((entry) => listFiles(join(path, entry.name))),
  )
  return nested.flat()
}
