import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { contracts, forge, root, type Target } from './project'

/** What forge said of the tests. */
export interface Verdict {
  status: 'passed' | 'failed' | 'timeout' | 'broken'
  /** The first test that failed, or what forge said if it is broken. */
  detail: string
}

/**
 * Tests that can kill nothing here: of gas, of the game, and of libraries that
 * are compiled into the test itself. Relative to the contracts.
 */
export function isExcluded(path: string): boolean {
  return /^test[\\/](gas|types|Delve)([\\/]|$)/.test(path)
}

/** How often each property is tried with other arguments. */
export type Effort = 'quick' | 'thorough'

const artifact = z.looseObject({
  bytecode: z.looseObject({ object: z.string() }),
})

const efforts: Record<Effort, Record<string, string>> = {
  quick: { FOUNDRY_FUZZ_RUNS: '1', FOUNDRY_INVARIANT_RUNS: '1' },
  thorough: { FOUNDRY_FUZZ_RUNS: '64', FOUNDRY_INVARIANT_RUNS: '8' },
}
const settings = {
  FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT: '0',
  FORGE_SNAPSHOT_EMIT: 'false',
  NO_COLOR: '1',
}

// No filter of tests: with one, forge asks the compiler before every run.
// Neither a mutant that is a few bytes larger nor a test may fail by its size.
const options = [
  'test',
  ...['--offline', '--fail-fast', '--fuzz-seed', '1'],
  ...['--code-size-limit', '262144', '--threads'],
]

/** Forge asks for the version at every start, and loading solc takes long. */
function writeCompiler(path: string, solc: string): void {
  const real = resolve(contracts, solc)
  const version = execFileSync(process.execPath, [real, '--version'])
  const source = `#!/usr/bin/env node
if (process.argv.includes('--version')) {
  process.stdout.write(${JSON.stringify(version.toString())})
} else {
  await import(${JSON.stringify(pathToFileURL(real).href)})
}
`
  writeFileSync(path, source)
  chmodSync(path, 0o755)
}

/** Lays out a copy of the contracts in `folder`, with nothing built. */
export function createScratch(folder: string, solc: string): void {
  for (const name of ['foundry.toml', 'src', 'test']) {
    cpSync(join(contracts, name), join(folder, 'contracts', name), {
      recursive: true,
      filter: (path) => !isExcluded(relative(contracts, path)),
    })
  }
  mkdirSync(join(folder, 'contracts', 'script'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeCompiler(join(folder, 'solc.mjs'), solc)
}

/** Copies a scratch copy with what is built; forge finds it up to date. */
export function copyScratch(from: string, to: string): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true })
  // Sources outside the contracts are remembered by their whole paths.
  const cache = join(to, 'contracts/cache/solidity-files-cache.json')
  const quote = (path: string) => JSON.stringify(path).slice(1, -1)
  const text = readFileSync(cache, 'utf8').replaceAll(quote(from), quote(to))
  writeFileSync(cache, text)
}

/** Creation bytecode in the artifact of `target`, without 0x. */
export function readBytecode(folder: string, target: Target): string {
  const path = join(folder, 'contracts', target.artifact)
  const json = artifact.parse(JSON.parse(readFileSync(path, 'utf8')))
  return json.bytecode.object.slice(2)
}

/**
 * Makes the tests deploy `bytecode` for `target`. Forge reads artifacts from
 * their files and does not notice, since no source changes.
 */
export function writeBytecode(
  folder: string,
  target: Target,
  bytecode: string,
): void {
  const path = join(folder, 'contracts', target.artifact)
  const json = artifact.parse(JSON.parse(readFileSync(path, 'utf8')))
  json.bytecode.object = `0x${bytecode}`
  writeFileSync(path, JSON.stringify(json))
}

/** By what is printed, which also tells the test that failed. */
function judge(output: string): Verdict {
  const passed = /^Ran .* tests passed, 0 failed, /m.test(output)
  const failure = /^\[FAIL[^\n]*/m.exec(output)
  if (passed && !failure) return { status: 'passed', detail: '' }
  if (!failure) return { status: 'broken', detail: output.slice(-2000) }
  const suites = output.slice(0, failure.index)
  const suite = /.*\nRan \d+ tests? for ([^\n]+)/s.exec(suites)?.[1] ?? ''
  // Between the reason and the test may stand what led to it.
  const rest = output.slice(failure.index)
  const name = /(\w+)\([^()]*\) \((?:gas|runs)/.exec(rest)?.[1] ?? failure[0]
  return { status: 'failed', detail: `${suite} ${name}`.trim() }
}

/**
 * Runs the tests until one fails.
 * @param limit Milliseconds until it is taken for an infinite loop.
 * @param threads As many as there are processors if 0.
 */
export async function runTests(
  folder: string,
  limit: number,
  effort: Effort,
  threads = 1,
): Promise<Verdict> {
  const cwd = join(folder, 'contracts')
  for (const memory of ['fuzz', 'invariant', 'test-failures']) {
    rmSync(join(cwd, 'cache', memory), { recursive: true, force: true })
  }
  const child = spawn(forge, [...options, `${threads}`], {
    cwd,
    env: {
      ...process.env,
      ...settings,
      ...efforts[effort],
      FOUNDRY_SOLC: join(folder, 'solc.mjs'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what forge started ends with it.
    detached: true,
  })
  let output = ''
  let isLate = false
  const kill = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }
  const timer = setTimeout(() => {
    isLate = true
    kill()
  }, limit)
  process.once('exit', kill)
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString()
    })
  }
  await new Promise<unknown>((resolve, reject) => {
    child.on('close', resolve).on('error', reject)
  })
  clearTimeout(timer)
  process.off('exit', kill)
  if (isLate) return { status: 'timeout', detail: `${limit / 1000} s` }
  return judge(output)
}
