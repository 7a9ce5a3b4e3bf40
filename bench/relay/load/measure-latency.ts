import { setTimeout as sleep } from 'node:timers/promises'
import { DirectPlayer } from './direct'
import type { Lane } from './lane'
import type { Scoreboard } from './play'

/** Milliseconds of each sample. */
export type Latencies = {
  /** From key press, before signing, to confirmed. */
  relayMs: number[]
  /** Of the same move as an own transaction, signed before, from sending to mined. */
  directMs: number[]
}

const WARM_UP = 30

/** One player alone, taking turns with one that sends own transactions, at random moments. */
export async function measureLatency(
  lane: Lane,
  scores: Scoreboard,
  node: { rpcUrl: string; chainId: number },
  samples: number,
): Promise<Latencies> {
  const direct = await new DirectPlayer(node.rpcUrl, node.chainId).prepare()
  const sign = await lane.player.openBrowserSigner()
  const pressOnce = async () => {
    const confirmed = new Promise<number>((resolve) => {
      scores.listener = (_, move) => resolve(move.confirmedMs - move.pressedMs)
    })
    const pressedMs = performance.now()
    lane.press(pressedMs, await sign())
    return confirmed
  }
  const latencies: Latencies = { relayMs: [], directMs: [] }
  for (let sample = -WARM_UP; sample < samples; sample += 1) {
    const raw = await direct.signMove()
    await pause()
    const relayMs = await pressOnce()
    await pause()
    const startedMs = performance.now()
    await direct.send(raw)
    const directMs = performance.now() - startedMs
    if (sample < 0) continue
    latencies.relayMs.push(relayMs)
    latencies.directMs.push(directMs)
  }
  direct.close()
  return latencies
}

function pause(): Promise<void> {
  return sleep(3 + Math.random() * 12)
}
