import { setTimeout as sleep } from 'node:timers/promises'
import type { Confirmed, Lane } from './lane'

/** How fast and how soon moves of one phase were confirmed. */
export type Played = {
  /** Confirmed per second while it was measured. */
  perSecond: number
  /** Milliseconds from key press to confirmed, of moves pressed while it was measured. */
  latenciesMs: number[]
  /** Moves of the whole phase. */
  moves: number
  retries: number
  signedLate: number
}

/** Lengths of a phase, in milliseconds. */
export type Span = { rampMs: number; measureMs: number }

const TICK_MS = 2
const DRAIN_MS = 60_000

/** Collects what is confirmed: lanes tell it to `note`, whoever plays takes it over with `listener`. */
export class Scoreboard {
  listener: (lane: number, move: Confirmed) => void = () => undefined
}

/** Everyone keeps `window` moves on their way and presses anew as soon as one is confirmed. */
export async function playFlatOut(
  lanes: readonly Lane[],
  scores: Scoreboard,
  options: Span & { window: number },
): Promise<Played> {
  const tally = new Tally(lanes, options)
  scores.listener = (index, move) => {
    tally.note(move)
    if (!tally.isOver) lanes[index]?.press()
  }
  for (const lane of lanes)
    for (let count = 0; count < options.window; count += 1) lane.press()
  return tally.finish()
}

/** Everyone makes `each` moves, keeping `window` of them on their way. */
export async function playOut(
  lanes: readonly Lane[],
  scores: Scoreboard,
  { window, each }: { window: number; each: number },
): Promise<{ moves: number }> {
  const left = lanes.map(() => each)
  let moves = 0
  const press = (index: number) => {
    const rest = left[index] ?? 0
    if (rest === 0) return
    left[index] = rest - 1
    lanes[index]?.press()
  }
  scores.listener = (index) => {
    moves += 1
    press(index)
  }
  for (const index of lanes.keys())
    for (let count = 0; count < window; count += 1) press(index)
  await settled(lanes, DRAIN_MS * 5)
  return { moves }
}

/** Everyone presses at random moments, all together `perSecond` times, however long the answers take. */
export async function playAtRate(
  lanes: readonly Lane[],
  scores: Scoreboard,
  options: Span & { perSecond: number },
): Promise<Played> {
  const tally = new Tally(lanes, options)
  scores.listener = (_, move) => tally.note(move)
  const gapMs = () => (-Math.log(1 - Math.random()) / options.perSecond) * 1_000
  let next = performance.now() + gapMs()
  const timer = setInterval(() => {
    for (; next <= performance.now() && !tally.isOver; next += gapMs())
      // The press counts from when it was due, even when this process is late.
      lanes[Math.floor(Math.random() * lanes.length)]?.press(next)
  }, TICK_MS)
  return tally.finish().finally(() => clearInterval(timer))
}

class Tally {
  readonly #lanes: readonly Lane[]
  readonly #fromMs: number
  readonly #toMs: number
  readonly #before: { retries: number; signedLate: number }
  readonly #latenciesMs: number[] = []
  #confirmed = 0
  #moves = 0

  constructor(lanes: readonly Lane[], { rampMs, measureMs }: Span) {
    this.#lanes = lanes
    this.#fromMs = performance.now() + rampMs
    this.#toMs = this.#fromMs + measureMs
    this.#before = this.#troubles()
  }

  get isOver(): boolean {
    return performance.now() >= this.#toMs
  }

  note({ pressedMs, confirmedMs }: Confirmed): void {
    this.#moves += 1
    if (this.#isMeasured(confirmedMs)) this.#confirmed += 1
    if (this.#isMeasured(pressedMs))
      this.#latenciesMs.push(confirmedMs - pressedMs)
  }

  /** Waits for the end and for what is still on its way. @throws when some of it never ends */
  async finish(): Promise<Played> {
    await sleep(this.#toMs - performance.now())
    await settled(this.#lanes, DRAIN_MS)
    const { retries, signedLate } = this.#troubles()
    return {
      perSecond: (this.#confirmed / (this.#toMs - this.#fromMs)) * 1_000,
      latenciesMs: this.#latenciesMs,
      moves: this.#moves,
      retries: retries - this.#before.retries,
      signedLate: signedLate - this.#before.signedLate,
    }
  }

  #isMeasured(ms: number): boolean {
    return ms >= this.#fromMs && ms < this.#toMs
  }

  #troubles() {
    const sum = (read: (lane: Lane) => number) =>
      this.#lanes.reduce((total, lane) => total + read(lane), 0)
    return {
      retries: sum(({ retries }) => retries),
      signedLate: sum(({ signedLate }) => signedLate),
    }
  }
}

/** Waits until every move has a result. @throws when some have none in time */
async function settled(
  lanes: readonly Lane[],
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  const unsettled = () => lanes.reduce((sum, lane) => sum + lane.unsettled, 0)
  while (unsettled() > 0) {
    if (performance.now() > deadline)
      throw new Error(`${unsettled()} moves have no result`)
    await sleep(10)
  }
}
