import { setTimeout as sleep } from 'node:timers/promises'
import type { ChaosPlayer } from './player'

/** Players who play on and on, whatever happens. */
export type Load = {
  players: readonly ChaosPlayer[]
  /** Lets them rest, each after its current intents, and resolves when all do. */
  pause(): Promise<void>
  resume(): void
  /** What broke players. Who is broken plays no more. */
  broken: readonly string[]
  /** Resolves when nobody plays any more: soon, if nobody may ask again. */
  stop(): Promise<void>
}

const PAUSE_MS = 400
const BATCH_MAX = 3
/** Longer than any recovery that we accept. */
const SETTLE_MS = 90_000

/** Lets each player send a few intents at a time and wait for them. */
export function startLoad(
  players: readonly ChaosPlayer[],
  random: () => number,
): Load {
  let isStopping = false
  let isPaused = false
  const playing = new Set<ChaosPlayer>()
  const loop = async (player: ChaosPlayer) => {
    while (!isStopping) {
      await sleep(PAUSE_MS * (0.5 + random()))
      if (isPaused || isStopping) continue
      playing.add(player)
      const size = 1 + Math.floor(random() * BATCH_MAX)
      await player.play(size, SETTLE_MS).finally(() => playing.delete(player))
    }
  }
  const broken: string[] = []
  const loops = players.map((player) =>
    loop(player).catch(({ message }: Error) => {
      if (!isStopping) broken.push(`a player: ${message}`)
    }),
  )
  return {
    ...{ players, broken },
    pause: async () => {
      isPaused = true
      while (playing.size > 0) await sleep(20)
    },
    resume: () => {
      isPaused = false
    },
    stop: async () => {
      isStopping = true
      await Promise.all(loops)
    },
  }
}
