/** Latency as the player sees it. */
export type Latency = {
  /** Of the last intent that landed, in milliseconds. */
  lastMs: number
  /** Median of the last hundred, in milliseconds. */
  p50Ms: number
}

const WINDOW = 100

/** The latest latencies of a session. */
export class LatencyWindow {
  #samplesMs: number[] = []

  add(latencyMs: number): void {
    this.#samplesMs = [...this.#samplesMs, latencyMs].slice(-WINDOW)
  }

  /** Null before the first sample. */
  summary(): Latency | null {
    const lastMs = this.#samplesMs.at(-1)
    if (lastMs === undefined) return null
    const sorted = [...this.#samplesMs].sort((a, b) => a - b)
    const p50Ms = sorted[Math.floor((sorted.length - 1) / 2)] ?? lastMs
    return { lastMs, p50Ms }
  }
}
