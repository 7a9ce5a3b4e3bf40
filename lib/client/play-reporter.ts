import type { Hex } from 'viem'
import type { PlayReport } from '@/lib/session/play-report'

/** Least time between two reports. */
export const REPORT_INTERVAL_MS = 10_000
const MAX_LATENCIES = 500
const MAX_CODES = 20
const MAX_PLAY_SECONDS = 120
/** A pause longer than this is not play. */
const IDLE_MS = 15_000

export type ReporterOptions = {
  sessionId: Hex
  /** Server action; its answer is not awaited by anything. */
  report: (batch: PlayReport) => Promise<unknown>
  nowMs?: () => number
}

/** Gathers what only the browser knows and reports it in small batches: at most one per ten seconds, and on leaving. Losing a report loses statistics, nothing else. */
export class PlayReporter {
  readonly #options: ReporterOptions
  #latenciesMs: number[] = []
  #refusals = new Map<string, number>()
  #playedMs = 0
  #lastActionMs: number | null = null
  #lastReportMs: number

  constructor(options: ReporterOptions) {
    this.#options = options
    this.#lastReportMs = this.#nowMs()
  }

  /** The player did something. */
  recordAction(): void {
    const now = this.#nowMs()
    const pauseMs = this.#lastActionMs === null ? 0 : now - this.#lastActionMs
    if (pauseMs <= IDLE_MS) this.#playedMs += pauseMs
    this.#lastActionMs = now
  }

  recordLatency(latencyMs: number): void {
    if (this.#latenciesMs.length >= MAX_LATENCIES) return
    this.#latenciesMs.push(
      Math.min(Math.max(0, Math.round(latencyMs)), 600_000),
    )
  }

  recordRefusal(code: string): void {
    const isKnown = this.#refusals.has(code)
    if (!isKnown && this.#refusals.size >= MAX_CODES) return
    this.#refusals.set(code, (this.#refusals.get(code) ?? 0) + 1)
  }

  /** Reports if there is something to report and the last report is long enough ago. Call it every second or so. */
  tick(): void {
    if (this.#nowMs() - this.#lastReportMs >= REPORT_INTERVAL_MS) this.flush()
  }

  /** Reports now, for when the page is left. */
  flush(): void {
    const playSeconds = Math.floor(this.#playedMs / 1_000)
    const isEmpty =
      playSeconds === 0 &&
      this.#latenciesMs.length === 0 &&
      this.#refusals.size === 0
    if (isEmpty) return
    const batch: PlayReport = {
      sessionId: this.#options.sessionId,
      playSeconds: Math.min(playSeconds, MAX_PLAY_SECONDS),
      latenciesMs: this.#latenciesMs,
      refusals: Object.fromEntries(this.#refusals),
    }
    this.#latenciesMs = []
    this.#refusals = new Map()
    this.#playedMs -= playSeconds * 1_000
    this.#lastReportMs = this.#nowMs()
    void this.#options.report(batch).catch(() => undefined)
  }

  #nowMs(): number {
    return this.#options.nowMs?.() ?? Date.now()
  }
}
