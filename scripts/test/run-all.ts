import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { locateForge } from '../forge-binary'
import { generatePrismaClient } from '../stack/generate'
import { compareSnapshots, readSnapshots } from './compare-snapshots'
import { ensureChromium } from './ensure-chromium'

/**
 * `npm test`: every check and every runner, one after the other, none skipped because another failed.
 * Ends with the line `N passed, N failed` over all of them. Words after `npm test --` choose steps by name.
 */
type Count = { passed: number; failed: number }
type Step = { name: string; run: () => Promise<Count> }

const scratch = await mkdtemp(join(tmpdir(), 'playkey-test-'))
const node = process.execPath

const steps: Step[] = [
  check('lint', node, bin('@biomejs/biome/bin/biome', 'check', '.')),
  check('boundaries', node, script('check-boundaries.ts')),
  check('generated', node, script('gen-contracts.ts', '--check')),
  check('migrations', node, script('gen-migration.ts', '--check')),
  check('types', node, bin('typescript/bin/tsc', '--noEmit')),
  { name: 'contracts', run: runForge },
  { name: 'unit', run: runVitest },
  { name: 'chaos', run: runChaos },
  { name: 'e2e', run: runPlaywright },
]

const wanted = process.argv.slice(2)
const results: { name: string; count: Count; seconds: number }[] = []
await generatePrismaClient()
for (const { name, run } of steps) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n── ${name} ${'─'.repeat(60 - name.length)}`)
  const started = performance.now()
  const count = await run().catch((error: Error) => {
    console.error(error.message)
    return { passed: 0, failed: 1 }
  })
  const seconds = (performance.now() - started) / 1000
  results.push({ name, count, seconds })
}
await rm(scratch, { recursive: true, force: true })
report()

function report(): void {
  console.log('')
  for (const { name, count, seconds } of results)
    console.log(
      `${name.padEnd(12)} ${String(count.passed).padStart(5)} passed ${String(count.failed).padStart(3)} failed ${seconds.toFixed(0).padStart(5)} s`,
    )
  const sum = (key: keyof Count) =>
    results.reduce((total, { count }) => total + count[key], 0)
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`)
  process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0
}

function check(name: string, command: string, args: string[]): Step {
  return {
    name,
    run: async () =>
      (await execute(command, args)).code === 0
        ? { passed: 1, failed: 0 }
        : { passed: 0, failed: 1 },
  }
}

function bin(path: string, ...args: string[]): string[] {
  return [`node_modules/${path}`, ...args]
}

function script(name: string, ...args: string[]): string[] {
  return ['--import', 'tsx', `scripts/${name}`, ...args]
}

/** The contracts' tests, and one more: that they measured the gas that contracts/snapshots says. */
async function runForge(): Promise<Count> {
  const snapshots = join(scratch, 'snapshots')
  await mkdir(snapshots)
  const { code, output } = await execute(
    locateForge(),
    ['test', '--root', 'contracts', '--offline'],
    { FOUNDRY_SNAPSHOTS: snapshots },
  )
  const summary = output.match(/(\d+) tests passed, (\d+) failed/)
  if (!summary) throw new Error(`forge printed no summary (exit code ${code})`)
  const { passed, failed } = exact(Number(summary[1]), Number(summary[2]), code)
  const differences = compareSnapshots(
    readSnapshots('contracts/snapshots'),
    readSnapshots(snapshots),
  )
  if (differences.length === 0) return { passed: passed + 1, failed }
  console.error(
    ['Gas differs from contracts/snapshots:', ...differences].join('\n  '),
  )
  console.error('`npm run test:contracts` writes the new figures there.')
  return { passed, failed: failed + 1 }
}

async function runVitest(): Promise<Count> {
  const file = join(scratch, 'vitest.json')
  const { code } = await execute(
    node,
    bin(
      'vitest/vitest.mjs',
      ...['run', '--reporter=default', '--reporter=json'],
      `--outputFile.json=${file}`,
    ),
  )
  const result = JSON.parse(await readFile(file, 'utf8')) as {
    numPassedTests: number
    numFailedTests: number
  }
  return exact(result.numPassedTests, result.numFailedTests, code)
}

/** The short form of `npm run test:chaos`: each of the relay's promises is one check. */
async function runChaos(): Promise<Count> {
  const { code, output } = await execute(node, script('chaos.ts', '--short'))
  const summary = output.match(/(\d+) kept, (\d+) broken/)
  if (!summary) throw new Error(`chaos printed no summary (exit code ${code})`)
  return exact(Number(summary[1]), Number(summary[2]), code)
}

async function runPlaywright(): Promise<Count> {
  await ensureChromium()
  const file = join(scratch, 'playwright.json')
  const { code } = await execute(
    node,
    bin(
      '@playwright/test/cli.js',
      'test',
      '--config',
      'e2e/playwright.config.ts',
    ),
    { PLAYWRIGHT_JSON_OUTPUT_NAME: file },
  )
  const { stats } = JSON.parse(await readFile(file, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number }
  }
  return exact(stats.expected, stats.unexpected + stats.flaky, code)
}

/** A runner that fails without a failing test (a crash, a broken file) counts as one failure. */
function exact(passed: number, failed: number, code: number): Count {
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed }
}

function execute(
  command: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk
        process.stdout.write(chunk)
      })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
