import type { ProcessName } from './processes'

/** Figures of one phase of play. */
export type PhaseResult = {
  /** Confirmed per second. */
  intentsPerSecond: number
  /** From key press to confirmed. */
  p50Ms: number
  p99Ms: number
  /** CPU time of each process for one intent, in milliseconds. */
  cpuMsPerIntent: Record<ProcessName, number>
  /** Of one core, while the phase lasted. */
  cpuShare: Record<ProcessName, number>
  /** Answers that asked to try again. */
  retries: number
  /** Moves that had to be signed while time was taken. */
  signedLate: number
}

/** The most that so many players can have confirmed. */
export type ThroughputResult = PhaseResult & {
  /** Moves that each kept on their way. */
  window: number
}

/** Resident memory of web and worker together, in MB (10^6 bytes). */
export type Memory = {
  /** When all players have joined. */
  start: number
  after: number
  /** On the way there. */
  samples: { moves: number; mb: number }[]
}

/** What bench/results/relay.json holds. */
export type RelayResults = {
  /** One player, from key press (before signing) to confirmed; and of the same move as an own transaction, from sending to mined. */
  latencyMs: {
    p50: number
    p99: number
    directP50: number
    directP99: number
    ratioP50: number
  }
  throughput: {
    players1: ThroughputResult
    players50: ThroughputResult
    players500: ThroughputResult
    /** Moves that the same chain takes as own transactions of many accounts. */
    directPerSecond: number
  }
  /** 500 players who press so often that it is 80 % of the most they could have. */
  p99At80Percent: PhaseResult
  memoryMb: Memory
  /** Moves confirmed in all. */
  moves: number
}

/** The figures as lines to read. */
export function renderResults(results: RelayResults): string {
  const { latencyMs, throughput, p99At80Percent, memoryMb } = results
  const phases: [string, PhaseResult][] = [
    ['  1 player', throughput.players1],
    [' 50 players', throughput.players50],
    ['500 players', throughput.players500],
    ['500 at 80 %', p99At80Percent],
  ]
  return [
    `key press to confirmed: p50 ${latencyMs.p50} ms, p99 ${latencyMs.p99} ms; direct p50 ${latencyMs.directP50} ms (× ${latencyMs.ratioP50})`,
    ...phases.map(([name, phase]) => `${name}: ${renderPhase(phase)}`),
    `direct moves: ${throughput.directPerSecond}/s`,
    `memory of web and worker: ${memoryMb.start} MB, after ${results.moves} intents ${memoryMb.after} MB`,
  ].join('\n')
}

/** One phase as a line to read. */
export function renderPhase(phase: PhaseResult): string {
  const cpu = Object.entries(phase.cpuMsPerIntent)
    .map(([name, ms]) => `${name} ${ms}`)
    .join(', ')
  return `${phase.intentsPerSecond}/s, p50 ${phase.p50Ms} ms, p99 ${phase.p99Ms} ms; CPU ms per intent: ${cpu}`
}
