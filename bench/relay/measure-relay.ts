import type { Venue } from './load/join-players'
import type { Played } from './load/play'
import { residentMbOf } from './process-usage'
import {
  type Processes,
  type ProcessName,
  processNames,
  readCpuMs,
} from './processes'
import type {
  Memory,
  PhaseResult,
  RelayResults,
  ThroughputResult,
} from './results'
import { percentile, round } from './statistics'

/** How long and how much is measured. */
export type Effort = {
  /** Key presses of the one player whose latency is measured. */
  samples: number
  measureMs: number
  /** Moves that have to be confirmed before the memory is read a second time. */
  moves: number
}

const CROWD = 500
const RAMP_MS = 1_500
/** Moves that each player keeps on their way where the most that can be had is looked for. */
const windows = { 1: 40, 50: 8, 500: 2 } as const
/** One account and many: what the chain takes best counts. */
const DIRECT = [
  { senders: 1, movesEach: 1_000 },
  { senders: 8, movesEach: 250 },
]
/** Moves that are signed ahead at a time: their expiry must not pass before they are sent. */
const ROUND_MOVES = 20_000

/** Plays through the relay, in turn with direct transactions, and says how fast it was. */
export async function measureRelay(
  processes: Processes,
  venue: Venue,
  effort: Effort,
): Promise<RelayResults> {
  const bench = new Bench(processes, effort)
  await processes.load('join', { venue, players: CROWD })
  const memory: Memory = { start: bench.readMemoryMb(), after: 0, samples: [] }
  const latencyMs = await bench.measureLatency()
  const players1 = await bench.playFlatOut(1)
  const players50 = await bench.playFlatOut(50)
  const directPerSecond = await bench.measureDirectRate()
  const players500 = await bench.playFlatOut(500)
  const at80Percent = await bench.playAtRate(players500.intentsPerSecond * 0.8)
  await bench.playOn(effort.moves, memory)
  memory.after = bench.readMemoryMb()
  return {
    latencyMs,
    throughput: {
      ...{ players1, players50, players500 },
      directPerSecond: round(directPerSecond),
    },
    p99At80Percent: at80Percent,
    memoryMb: memory,
    moves: bench.moves,
  }
}

/** Plays with everyone at once and nothing else, for profiles. */
export async function playForProfile(
  processes: Processes,
  venue: Venue,
  effort: Effort,
): Promise<PhaseResult> {
  const bench = new Bench(processes, effort)
  await processes.load('join', { venue, players: CROWD })
  return bench.playFlatOut(CROWD)
}

class Bench {
  readonly #processes: Processes
  readonly #effort: Effort
  moves = CROWD

  constructor(processes: Processes, effort: Effort) {
    this.#processes = processes
    this.#effort = effort
  }

  /** Resident memory of web and worker, together. */
  readMemoryMb(): number {
    const { web, worker } = this.#processes.pids
    return round(residentMbOf(web) + residentMbOf(worker))
  }

  async measureLatency(): Promise<RelayResults['latencyMs']> {
    const { samples } = this.#effort
    const { relayMs, directMs } = await this.#processes.load('measureLatency', {
      samples,
    })
    this.moves += samples
    const directP50 = percentile(directMs, 0.5)
    const p50 = percentile(relayMs, 0.5)
    return {
      p50: round(p50),
      p99: round(percentile(relayMs, 0.99)),
      directP50: round(directP50),
      directP99: round(percentile(directMs, 0.99)),
      ratioP50: round(p50 / directP50),
    }
  }

  async measureDirectRate(): Promise<number> {
    const rates: number[] = []
    for (const options of DIRECT)
      rates.push(await this.#processes.load('measureDirectRate', options))
    return Math.max(...rates)
  }

  async playFlatOut(players: 1 | 50 | 500): Promise<ThroughputResult> {
    const { measureMs } = this.#effort
    const each = Math.min(4_000, Math.ceil(16_000 / players))
    await this.#processes.load('sign', { players, each })
    const phase = await this.#observe(() =>
      this.#processes.load('playFlatOut', {
        ...{ players, window: windows[players] },
        ...{ rampMs: RAMP_MS, measureMs },
      }),
    )
    return { ...phase, window: windows[players] }
  }

  async playAtRate(perSecond: number): Promise<PhaseResult> {
    const { measureMs } = this.#effort
    const seconds = (measureMs + RAMP_MS) / 1_000
    const each = Math.ceil((perSecond * seconds * 1.3) / CROWD)
    await this.#processes.load('sign', { players: CROWD, each })
    return this.#observe(() =>
      this.#processes.load('playAtRate', {
        ...{ players: CROWD, perSecond },
        ...{ rampMs: RAMP_MS, measureMs },
      }),
    )
  }

  /** Plays until so many moves have been confirmed in all, looking at the memory now and then. */
  async playOn(moves: number, memory: Memory): Promise<void> {
    while (this.moves < moves) {
      const round = Math.min(ROUND_MOVES, moves - this.moves)
      const each = Math.ceil(round / CROWD)
      await this.#processes.load('sign', { players: CROWD, each })
      const { moves: played } = await this.#processes.load('playOut', {
        ...{ players: CROWD, window: windows[500], each },
      })
      this.moves += played
      memory.samples.push({ moves: this.moves, mb: this.readMemoryMb() })
    }
  }

  async #observe(play: () => Promise<Played>): Promise<PhaseResult> {
    const before = readCpuMs(this.#processes)
    const startedMs = performance.now()
    const played = await play()
    const wallMs = performance.now() - startedMs
    const after = readCpuMs(this.#processes)
    this.moves += played.moves
    const each = (read: (name: ProcessName) => number) =>
      Object.fromEntries(
        processNames.map((name) => [name, round(read(name))]),
      ) as Record<ProcessName, number>
    return {
      intentsPerSecond: round(played.perSecond),
      p50Ms: round(percentile(played.latenciesMs, 0.5)),
      p99Ms: round(percentile(played.latenciesMs, 0.99)),
      cpuMsPerIntent: each(
        (name) => (after[name] - before[name]) / played.moves,
      ),
      cpuShare: each((name) => (after[name] - before[name]) / wallMs),
      retries: played.retries,
      signedLate: played.signedLate,
    }
  }
}
