import { mkdir, writeFile } from 'node:fs/promises'
import { parseGwei } from 'viem'
import type { FaultResult } from './chain-faults'
import type { Findings } from './findings'
import type { PoisonResult } from './poison'
import type { RaceResult, RevocationResult } from './races'
import type { Kill } from './run'

/** Everything that a run measured. */
export type Outcome = {
  kills: Kill[]
  /** Points that were not reached, and what did not recover. */
  failures: string[]
  rpcFaults: FaultResult[]
  nonceFaults: FaultResult[]
  feeFaults: FaultResult[]
  reorganisations: FaultResult[]
  fleet: FaultResult[]
  poison: PoisonResult
  races: RaceResult[]
  /** Null when it could not be measured. */
  revocation: RevocationResult | null
  executedAfterRevocation: number
  findings: Findings
}

/** One promise, held or not. */
export type Check = { name: string; figure: string; isKept: boolean }

const POINTS_MIN = 12
const RACES = 2
const RATIO_MAX = 1.5
/** The worker's default, which no transaction may exceed. */
const FEE_CAP_GWEI = 200

/** Recovery takes no longer than this, without a human. */
const RECOVERY_SECONDS_MAX = 60
/** From a revocation until the relay refuses (exclusive). */
const STOP_MS_MAX = 1_000

/** The promises P1 to P9, each with its figure. */
export function checkPromises(outcome: Outcome): Check[] {
  const { findings, poison, revocation, races, kills } = outcome
  const { verdict, disagreements, budgetDrift, falsePushes } = findings
  const points = countPoints(kills)
  const self = [
    ...[...outcome.rpcFaults, ...outcome.nonceFaults],
    ...[...outcome.feeFaults, ...outcome.fleet],
  ]
  const undone = outcome.reorganisations
  const slowest = slowestOf([...self, ...undone, ...kills])
  const { healthyP95Ratio: ratio, interval } = poison
  return [
    {
      name: 'P1 accepted means durable',
      figure: `${verdict.lost.length} lost of ${verdict.acknowledged}, ${kills.length} kills at ${points} points, recovered in at most ${slowestOf(kills).toFixed(1)} s`,
      isKept: verdict.lost.length === 0 && points >= POINTS_MIN,
    },
    {
      name: 'P2 exactly one effect',
      figure: `${verdict.doubled.length} doubled of ${verdict.executed} executed`,
      isKept: verdict.doubled.length === 0 && verdict.executed > 0,
    },
    {
      name: 'P3 an end for each',
      figure: `${verdict.unsettled.length} without an end; the slowest took ${findings.slowestSeconds.toFixed(1)} s (${findings.slowest})`,
      isKept: verdict.unsettled.length === 0,
    },
    {
      name: 'P4 one bad one hurts nobody',
      figure: `p95 ${poison.poisonedP95Ms.toFixed(0)} ms beside ${poison.poison} poisoned, ${poison.cleanP95Ms.toFixed(0)} ms without: ratio ${ratio.toFixed(2)}, by chance ${interval.low.toFixed(2)} to ${interval.high.toFixed(2)}`,
      isKept: ratio <= RATIO_MAX,
    },
    {
      name: 'P5 heals itself',
      figure: `${self.length} faults, healed in at most ${slowestOf(self).toFixed(1)} s; ${outcome.failures.length} did not`,
      isKept: slowest <= RECOVERY_SECONDS_MAX && outcome.failures.length === 0,
    },
    {
      name: 'P6 fees and budgets bounded',
      figure: `at most ${findings.highestFeeGwei.toFixed(1)} gwei of ${FEE_CAP_GWEI}, ${budgetDrift.length} budgets off, ${races.map(({ admitted, parallel, allowed }) => `${admitted} of ${parallel} for ${allowed}`).join(' and ')}`,
      isKept:
        findings.truth.highestFeeWei <= parseGwei(String(FEE_CAP_GWEI)) &&
        budgetDrift.length === 0 &&
        races.length === RACES &&
        races.every(({ admitted, allowed }) => admitted === allowed),
    },
    {
      name: 'P7 re-organisations',
      figure: `${undone.length} undone (${undone.map(({ name }) => name.split(' ').at(-1)).join(', ')} blocks), ${disagreements.length} differences of database and chain`,
      isKept:
        undone.length > 0 &&
        disagreements.length === 0 &&
        findings.truth.missing.length === 0,
    },
    {
      name: 'P8 revoked is stopped',
      figure: revocation
        ? `stopped in ${revocation.stopMs} ms, ${revocation.ended} of ${revocation.queued} queued ended, ${outcome.executedAfterRevocation} executed afterwards`
        : 'not measured',
      isKept:
        revocation !== null &&
        revocation.stopMs < STOP_MS_MAX &&
        revocation.ended === revocation.queued &&
        outcome.executedAfterRevocation === 0,
    },
    {
      name: 'P9 honest status',
      figure: `${verdict.contradicted.length} statuses and ${falsePushes.length} pushes against the chain`,
      isKept: verdict.contradicted.length === 0 && falsePushes.length === 0,
    },
  ]
}

/** Points of the matrix that were reached, without machines killed in turn. */
export function countPoints(kills: readonly Kill[]): number {
  const names = kills.map(({ point }) => point)
  return new Set(names.filter((name) => !name.startsWith('in turn'))).size
}

function slowestOf(of: readonly { recoverySeconds: number }[]): number {
  return Math.max(0, ...of.map(({ recoverySeconds }) => recoverySeconds))
}

/** Prints what was found, worst things last. */
export function printOutcome(outcome: Outcome, checks: Check[]): void {
  const { findings } = outcome
  const rows = [
    ...outcome.kills.map(({ point, recoverySeconds }) => ({
      ...{ name: `kill ${point}`, recoverySeconds },
    })),
    ...[...outcome.rpcFaults, ...outcome.nonceFaults, ...outcome.feeFaults],
    ...[...outcome.reorganisations, ...outcome.fleet],
  ]
  console.log('')
  for (const { name, recoverySeconds } of rows)
    console.log(`  ${recoverySeconds.toFixed(1).padStart(6)} s  ${name}`)
  console.log('')
  for (const { name, figure, isKept } of checks)
    console.log(`${isKept ? '✓' : '✗'} ${name.padEnd(28)} ${figure}`)
  for (const [title, lines] of Object.entries({
    'did not recover': outcome.failures,
    'missing on the chain': findings.truth.missing,
    lost: findings.verdict.lost,
    doubled: findings.verdict.doubled,
    'without an end': findings.verdict.unsettled,
    'against the chain': findings.verdict.contradicted,
    'database differs': findings.disagreements,
    'budget off': findings.budgetDrift,
    'pushed wrongly': findings.falsePushes,
  }))
    for (const line of lines.slice(0, 10)) console.log(`    ${title}: ${line}`)
}

/** Writes the figures where the README reads them. */
export async function writeOutcome(
  outcome: Outcome,
  checks: Check[],
): Promise<void> {
  const { findings, kills, poison, revocation, races } = outcome
  const result = {
    points: countPoints(kills),
    kills: kills.length,
    acknowledged: findings.verdict.acknowledged,
    lost: findings.verdict.lost.length,
    doubled: findings.verdict.doubled.length,
    healthyP95Ratio: round(poison.healthyP95Ratio),
    healthyP95RatioByChance: [poison.interval.low, poison.interval.high].map(
      round,
    ),
    recoverySecondsMax: round(slowestOf(kills)),
    poison: {
      intents: poison.intents,
      poisoned: poison.poison,
      cleanP95Ms: Math.round(poison.cleanP95Ms),
      poisonedP95Ms: Math.round(poison.poisonedP95Ms),
    },
    revocation: revocation && {
      ...{ queued: revocation.queued, ended: revocation.ended },
      stopMs: revocation.stopMs,
    },
    races,
    highestFeeGwei: round(findings.highestFeeGwei),
    faults: Object.fromEntries(
      [
        ...[...outcome.rpcFaults, ...outcome.nonceFaults],
        ...[...outcome.feeFaults, ...outcome.reorganisations],
        ...outcome.fleet,
      ].map(({ name, recoverySeconds }) => [name, round(recoverySeconds)]),
    ),
    promises: Object.fromEntries(
      checks.map(({ name, figure, isKept }) => [
        name,
        `${isKept ? 'kept' : 'broken'}: ${figure}`,
      ]),
    ),
  }
  await mkdir('bench/results', { recursive: true })
  const text = `${JSON.stringify(result, null, 2)}\n`
  await writeFile('bench/results/chaos.json', text)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
