/** Clock corrected to the server's, because a device's may be hours off. Only ever corrects by what the server said. */
export class ServerClock {
  #offsetMs: number
  readonly #deviceNowMs: () => number

  constructor(serverTimeMs: number, deviceNowMs: () => number = Date.now) {
    this.#deviceNowMs = deviceNowMs
    this.#offsetMs = serverTimeMs - deviceNowMs()
  }

  /** Unix milliseconds as the server sees them. */
  nowMs(): number {
    return this.#deviceNowMs() + this.#offsetMs
  }

  /** Unix seconds as the server sees them, rounded down. */
  nowSeconds(): number {
    return Math.floor(this.nowMs() / 1_000)
  }

  /** Takes over `serverTimeMs`, which the server wrote at most one round trip ago. */
  sync(serverTimeMs: number): void {
    this.#offsetMs = serverTimeMs - this.#deviceNowMs()
  }

  /** Never earlier than `unixSeconds`: used when a refusal tells the chain's time. */
  atLeast(unixSeconds: number): void {
    if (this.nowSeconds() < unixSeconds) this.sync(unixSeconds * 1_000)
  }
}
