import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { locateForge } from '../forge-binary'
import { generatePrismaClient } from '../stack/generate'
import { compareSnapshots, readSnapshots } from './compare-snapshots'
import { ensureChromium } from './ensure-chromium'
import { type Execution, execute as executeUntil } from './execute'

/**
 * `npm test`: every check and every runner, one after the other, none skipped because another failed.
 * Ends with the line `N passed, N failed` over all of them. Words after `npm test --` choose steps by name.
 * A step that does not end in its time is ended, with everything it started, and counts as one failure.
 */
type Count = { passed: number; failed: number }
/** How long a step takes at most: several times what it takes on two slow cores. */
type Step = { name: string; minutes: number; run: () => Promise<Count> }

/** Of all steps together. Whoever runs this must not have to end it. */
const TOTAL_MINUTES = 75
const CHECK_MINUTES = 10
/** From SIGTERM to SIGKILL: databases, chains and servers are stopped in order meanwhile. */
const GRACE_MS = 45_000

const scratch = await mkdtemp(join(tmpdir(), 'playkey-test-'))
const node = process.execPath

const steps: Step[] = [
  check('lint', node, bin('@biomejs/biome/bin/biome', 'check', '.')),
  check('boundaries', node, script('check-boundaries.ts')),
  check('generated', node, script('gen-contracts.ts', '--check')),
  check('migrations', node, script('gen-migration.ts', '--check')),
  check('types', node, bin('typescript/bin/tsc', '--noEmit')),
  { name: 'contracts', minutes: 20, run: runForge },
  { name: 'unit', minutes: 20, run: runVitest },
  { name: 'chaos', minutes: 25, run: runChaos },
  // Installing a browser included.
  { name: 'e2e', minutes: 35, run: runPlaywright },
]

const wanted = process.argv.slice(2)
const results: { name: string; count: Count; seconds: number }[] = []
/** Ends the step that runs now. */
let stop = new AbortController()
let isInterrupted = false
// Steps have groups of their own, which Ctrl-C in the terminal does not reach.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    isInterrupted = true
    stop.abort(new Error(`interrupted by ${signal}`))
  })

await generatePrismaClient()
const endMs = performance.now() + TOTAL_MINUTES * 60_000
for (const step of steps) {
  const { name } = step
  if (isInterrupted) break
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n── ${name} ${'─'.repeat(60 - name.length)}`)
  const started = performance.now()
  const count = await runInTime(step).catch((error: Error) => {
    console.error(`${name}: ${error.message}`)
    return { passed: 0, failed: 1 }
  })
  const seconds = (performance.now() - started) / 1000
  results.push({ name, count, seconds })
}
await rm(scratch, { recursive: true, force: true })
report()
// Nothing that a step left open may keep this from ending.
process.exit()

/** @throws when it is not done in its own time or in what is left for all, or is interrupted */
async function runInTime({ minutes, run }: Step): Promise<Count> {
  const limitMs = Math.min(minutes * 60_000, endMs - performance.now())
  if (limitMs <= 0) throw new Error('no time is left for it')
  stop = new AbortController()
  const timer = setTimeout(() => {
    const took = `${(limitMs / 60_000).toFixed(1)} minutes`
    stop.abort(new Error(`not done after ${took}, so it was ended`))
  }, limitMs)
  return run().finally(() => clearTimeout(timer))
}

function report(): void {
  console.log('')
  for (const { name, count, seconds } of results)
    console.log(
      `${name.padEnd(12)} ${String(count.passed).padStart(5)} passed ${String(count.failed).padStart(3)} failed ${seconds.toFixed(0).padStart(5)} s`,
    )
  const sum = (key: keyof Count) =>
    results.reduce((total, { count }) => total + count[key], 0)
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`)
  const isFine = sum('failed') === 0 && sum('passed') > 0 && !isInterrupted
  process.exitCode = isFine ? 0 : 1
}

function check(name: string, command: string, args: string[]): Step {
  return {
    ...{ name, minutes: CHECK_MINUTES },
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
  await ensureChromium(stop.signal)
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

/** Runs and shows a command until the step has to stop. */
function execute(
  command: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Execution> {
  return executeUntil(command, args, {
    ...{ stop: stop.signal, graceMs: GRACE_MS },
    env: { NEXT_TELEMETRY_DISABLED: '1', ...env },
    onOutput: (chunk) => process.stdout.write(chunk),
  })
}
