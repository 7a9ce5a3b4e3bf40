import {
  driftNonces,
  dropMempool,
  exceedFeeCap,
  type FaultResult,
  mineByInterval,
  raiseBaseFee,
  reorganise,
  spendNonces,
  sufferBadRpc,
  sufferOutage,
} from './chaos/chain-faults'
import { describeStuck } from './chaos/describe-stuck'
import { findOut } from './chaos/findings'
import { freezeWorker, killInTurn, startAnotherWorker } from './chaos/fleet'
import { killAt } from './chaos/kill'
import { killPoints } from './chaos/kill-points'
import { measurePoison } from './chaos/poison'
import { raceForCalls, raceForGas, revokeQueue } from './chaos/races'
import { checkPromises, printOutcome, writeOutcome } from './chaos/report'
import { type Run, startRun } from './chaos/run'
import { countExecutedAfter } from './chaos/verdict'

/**
 * `npm run test:chaos`: real processes, killed, frozen, cut off and lied to, while players play over HTTP; then every
 * acknowledged intent is looked for on the chain. `--short` is what `npm test` runs. Ends with `N kept, N broken`.
 */
const isShort = process.argv.includes('--short')
const form = isShort
  ? {
      ...{ players: 8, rounds: 1, turns: 0, seconds: 5 },
      ...{
        depths: [1, 3, 5],
        poison: { players: 12, phases: 12, phaseMs: 2_000 },
      },
    }
  : {
      ...{ players: 8, rounds: 2, turns: 2, seconds: 6 },
      depths: [1, 2, 3, 4, 5],
      poison: { players: 12, phases: 12, phaseMs: 2_500 },
    }

const run = await startRun({
  ...{ webs: 3, workers: 2, players: form.players, seed: 4 },
})
// Whoever ends the run early must not leave its processes behind.
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => {
    void run.abandon().finally(() => process.exit(1))
  })
try {
  const outcome = {
    poison: await step('poison', () => measurePoison(run, form.poison)),
    ...(await step('kills', () => killAll(run))),
    rpcFaults: await all(
      () => sufferBadRpc(run, form.seconds),
      () => sufferOutage(run, isShort ? 3 : 30),
    ),
    nonceFaults: await all(
      () => dropMempool(run),
      () => spendNonces(run),
      () => driftNonces(run, 100),
      () => driftNonces(run, isShort ? -20 : -100),
    ),
    reorganisations: await all(
      ...form.depths.map((depth) => () => reorganise(run, depth)),
    ),
    feeFaults: await all(
      () => mineByInterval(run, form.seconds),
      () => raiseBaseFee(run),
      () => exceedFeeCap(run, 8),
    ),
    fleet: await all(
      () => startAnotherWorker(run, form.seconds),
      () => freezeWorker(run, isShort ? 6 : 10),
      ...(form.turns > 0 ? [() => killInTurn(run, form.turns)] : []),
    ),
    races: [
      await attempt('race for calls', () => raceForCalls(run)),
      await attempt('race for gas', () => raceForGas(run)),
    ].filter((race) => race !== null),
    revocation: await attempt('revocation', () => revokeQueue(run)),
  }
  const findings = await step('judging', () => findOut(run))
  const { truth } = findings
  const { revocation } = outcome
  const whole = {
    ...{ ...outcome, kills: run.kills, failures: run.failures, findings },
    executedAfterRevocation: revocation
      ? countExecutedAfter(truth, revocation.sessionId)
      : 0,
  }
  const checks = checkPromises(whole)
  printOutcome(whole, checks)
  if (!isShort) await writeOutcome(whole, checks)
  const kept = checks.filter(({ isKept }) => isKept).length
  console.log(`\n${kept} kept, ${checks.length - kept} broken`)
  process.exitCode = kept === checks.length ? 0 : 1
} finally {
  await run.stop()
}

/** Every point, or in the short form those that it names. */
async function killAll(on: Run): Promise<object> {
  const points = isShort
    ? killPoints.filter(({ isShort: isWanted }) => isWanted)
    : killPoints
  for (let round = 0; round < form.rounds; round += 1)
    for (const point of points)
      await step(`kill ${point.name}`, () => killAt(on, point)).catch(fail)
  return {}
}

/** Null when it fails, which the run then tells. */
async function attempt<T>(
  name: string,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await step(name, work)
  } catch (error) {
    await fail(error as Error)
    return null
  }
}

async function fail({ message }: Error): Promise<void> {
  run.failures.push(message)
  console.log(`    ${message}`)
  for (const line of await describeStuck(run)) console.log(`    ${line}`)
}

async function all(
  ...faults: (() => Promise<FaultResult>)[]
): Promise<FaultResult[]> {
  const results: FaultResult[] = []
  for (const fault of faults) {
    const startedMs = Date.now()
    try {
      const result = await fault()
      say(startedMs, result.name)
      results.push(result)
    } catch (error) {
      say(startedMs, (error as Error).message)
      await fail(error as Error)
    }
  }
  return results
}

async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const startedMs = Date.now()
  try {
    return await work()
  } finally {
    say(startedMs, name)
  }
}

function say(sinceMs: number, what: string): void {
  const seconds = (Date.now() - sinceMs) / 1_000
  console.log(`  ${seconds.toFixed(1).padStart(6)} s  ${what.split('\n')[0]}`)
}
