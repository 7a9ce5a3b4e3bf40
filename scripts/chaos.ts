import { setTimeout as sleep } from 'node:timers/promises'
import {
  driftNonces,
  dropMempool,
  exceedFeeCap,
  mineByInterval,
  raiseBaseFee,
  reorganise,
  spendNonces,
  sufferBadRpc,
  sufferOutage,
} from './chaos/chain-faults'
import { findOut } from './chaos/findings'
import { freezeWorker, killInTurn, startAnotherWorker } from './chaos/fleet'
import { killAt } from './chaos/kill'
import { killPoints } from './chaos/kill-points'
import { measurePoison } from './chaos/poison'
import { messageOf, Progress } from './chaos/progress'
import { raceForCalls, raceForGas, revokeQueue } from './chaos/races'
import { checkPromises, printOutcome, writeOutcome } from './chaos/report'
import { type Run, startRun } from './chaos/run'
import { countExecutedAfter } from './chaos/verdict'
import { killChildren } from './stack/child'

/**
 * `npm run test:chaos`: real processes, killed, frozen, cut off and lied to, while players play over HTTP; then every
 * acknowledged intent is looked for on the chain. `--short` is what `npm test` runs. Ends with `N kept, N broken`, and
 * always ends: what has stuck is given up, and nothing that was started is left running.
 */
const isShort = process.argv.includes('--short')
const form = isShort
  ? {
      ...{ players: 8, rounds: 1, turns: 0, seconds: 5 },
      depths: [1, 3, 5],
      poison: { players: 12, phases: 36, phaseMs: 1_500 },
    }
  : {
      ...{ players: 8, rounds: 2, turns: 2, seconds: 6 },
      depths: [1, 2, 3, 4, 5],
      poison: { players: 12, phases: 12, phaseMs: 2_500 },
    }

/** A run that takes longer has stuck, which is a finding. */
const LIMIT_MS = (isShort ? 22 : 75) * 60_000
/** Longest that stopping in order may take; then everything is ended at once. */
const STOP_MS = 120_000
/** The same for somebody who waits. */
const INTERRUPTED_STOP_MS = 30_000
/** P1 to P9. */
const PROMISES = 9

const progress = new Progress()
let run: Run | undefined
let leaving: Promise<never> | undefined

setTimeout(() => {
  void giveUp(`the run was not done in ${LIMIT_MS / 60_000} minutes`)
}, LIMIT_MS)
process.on('unhandledRejection', (error) => void giveUp(messageOf(error)))
// Requests that stopping refuses are met later by those who wait for them.
process.on('rejectionHandled', () => undefined)
// Whoever ends the run early must not leave its processes behind.
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => void leave(1, INTERRUPTED_STOP_MS))
process.on('exit', killChildren)

try {
  run = await startRun({
    ...{ webs: 3, workers: 2, players: form.players, seed: 4 },
  })
  await leave((await judge(run, await hurt(run))) ? 0 : 1)
} catch (error) {
  await giveUp(messageOf(error))
}

/** Does everything to a run that it has to bear. */
async function hurt(on: Run) {
  return {
    poison: await progress.step('poison', () => measurePoison(on, form.poison)),
    ...(await progress.step('kills', () => killAll(on))),
    rpcFaults: await progress.faults(
      ...([on, 'rpc'] as const),
      () => sufferBadRpc(on, form.seconds),
      () => sufferOutage(on, isShort ? 3 : 30),
    ),
    nonceFaults: await progress.faults(
      ...([on, 'mempool and nonces'] as const),
      () => dropMempool(on),
      () => spendNonces(on),
      () => driftNonces(on, 100),
      () => driftNonces(on, isShort ? -20 : -100),
    ),
    reorganisations: await progress.faults(
      ...([on, 're-organisations'] as const),
      ...form.depths.map((depth) => () => reorganise(on, depth)),
    ),
    feeFaults: await progress.faults(
      ...([on, 'fees'] as const),
      () => mineByInterval(on, form.seconds),
      () => raiseBaseFee(on),
      () => exceedFeeCap(on, 8),
    ),
    fleet: await progress.faults(
      ...([on, 'fleet'] as const),
      () => startAnotherWorker(on, form.seconds),
      () => freezeWorker(on, isShort ? 6 : 10),
      ...(form.turns > 0 ? [() => killInTurn(on, form.turns)] : []),
    ),
    races: [
      await progress.fault(on, 'race for calls', () => raceForCalls(on)),
      await progress.fault(on, 'race for gas', () => raceForGas(on)),
    ].filter((race) => race !== null),
    revocation: await progress.fault(on, 'revocation', () => revokeQueue(on)),
  }
}

/** Every point, or in the short form those that it names. */
async function killAll(on: Run): Promise<object> {
  const points = isShort
    ? killPoints.filter(({ isShort: isWanted }) => isWanted)
    : killPoints
  for (let round = 0; round < form.rounds; round += 1)
    for (const point of points)
      await progress.fault(on, `kill ${point.name}`, () => killAt(on, point))
  return {}
}

/** Prints what became of each promise. @returns whether all were kept */
async function judge(
  on: Run,
  outcome: Awaited<ReturnType<typeof hurt>>,
): Promise<boolean> {
  const findings = await progress.step('judging', () => findOut(on))
  if (progress.isOver) return false
  const { revocation } = outcome
  const { kills, load } = on
  const failures = [...on.failures, ...load.broken]
  const whole = {
    ...{ ...outcome, kills, failures, findings },
    executedAfterRevocation: revocation
      ? countExecutedAfter(findings.truth, revocation.sessionId)
      : 0,
  }
  const checks = checkPromises(whole)
  printOutcome(whole, checks)
  if (!isShort) await writeOutcome(whole, checks)
  const kept = checks.filter(({ isKept }) => isKept).length
  console.log(`\n${kept} kept, ${checks.length - kept} broken`)
  return kept === checks.length
}

/** Tells what is known of a run that cannot be judged. Nothing that it promises was shown, so nothing counts as kept. */
async function giveUp(why: string): Promise<void> {
  if (progress.isOver) return
  progress.isOver = true
  console.log(`\n✗ given up in step "${progress.doing}": ${why}`)
  for (const failure of run?.failures ?? []) console.log(`    ${failure}`)
  if (run) await progress.describe(run)
  console.log(`\n0 kept, ${PROMISES} broken`)
  await leave(1)
}

/** Stops everything, in order while that goes on, and ends this process. */
function leave(code: number, stopMs = STOP_MS): Promise<never> {
  progress.isOver = true
  leaving ??= stopAll(stopMs).then(
    () => process.exit(code),
    (error) => {
      console.log(`not stopped in order: ${messageOf(error)}`)
      process.exit(1)
    },
  )
  return leaving
}

/** @throws when something does not stop; it has been killed then */
async function stopAll(stopMs: number): Promise<void> {
  try {
    const late = sleep(stopMs).then(() => {
      throw new Error(`something still runs after ${stopMs / 1_000} s`)
    })
    await Promise.race([run?.stop(), late])
  } finally {
    killChildren()
    // Who started them removes what they kept on disk.
    await sleep(500)
  }
}
