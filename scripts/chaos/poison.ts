import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import type { Call } from '@/lib/intent/intent'
import { MAX_CALL_GAS } from '@/lib/session/limits'
import { bomb, burn } from './hostile-game'
import type { IntentKind } from './journal'
import { type Interval, p95, p95Ratio, p95RatioInterval } from './p95-ratio'
import { type ChaosPlayer, type IntentChanges, moveTo } from './player'
import { createRandom } from './random'
import type { Run } from './run'

/** Latency of honest players, beside bad ones and without them. */
export type PoisonResult = {
  intents: number
  poison: number
  cleanP95Ms: number
  poisonedP95Ms: number
  healthyP95Ratio: number
  /** Where that ratio lies by chance, in 95 of 100 such measurements. */
  interval: Interval
}

const SHARE = 0.02
const HUGE_BYTES = 16_000
const HEALTHY_SEND_MS = 400
/** When no news comes for so long, players ask. */
const PUSH_MS = 5_000
const SETTLE_MS = 90_000
/** So that the same latencies give the same interval. */
const INTERVAL_SEED = 1

/** What a hostile player, or a hostile game, can do: everything that the rules let through. */
const poisons: { kind: IntentKind; changes: () => IntentChanges }[] = [
  { kind: 'wall', changes: () => ({ calls: [moveTo(0), moveTo(9)] }) },
  {
    kind: 'burner',
    changes: () => ({ calls: [burn], callGas: MAX_CALL_GAS }),
  },
  {
    kind: 'return-bomb',
    changes: () => ({ calls: [bomb], callGas: MAX_CALL_GAS }),
  },
  { kind: 'huge-data', changes: () => ({ calls: [hugeMove()] }) },
  {
    kind: 'short-lived',
    changes: () => ({ calls: [moveTo(0)], expirySeconds: 4 }),
  },
]

/**
 * Phases with and without poison take turns, so that whatever else the machine does meets both alike.
 */
export async function measurePoison(
  run: Run,
  options: {
    players: number
    phases: number
    phaseMs: number
  },
): Promise<PoisonResult> {
  const healthy = await Promise.all(
    Array.from({ length: options.players }, run.newPlayer),
  )
  const hostile = await Promise.all(poisons.map(run.newPlayer))
  await Promise.all(
    [...healthy, ...hostile].map((each) => each.play(1, SETTLE_MS)),
  )
  // Those who are measured have the relay for themselves, but for the poison.
  await run.load.pause()
  const ids: Record<'clean' | 'poisoned', Hex[][]> = { clean: [], poisoned: [] }
  let poisoned = 0
  for (let phase = 0; phase < options.phases; phase += 1) {
    const isPoisoned = phase % 2 === 1
    const stop = new AbortController()
    const playing = heardLater(
      Promise.all(
        healthy.map((player, index) =>
          playSteadily(player, index, healthy.length, stop.signal),
        ),
      ),
    )
    const total = (healthy.length * options.phaseMs) / HEALTHY_SEND_MS
    const count = isPoisoned ? Math.max(1, Math.round(total * SHARE)) : 0
    const poisoning: Promise<Hex[]>[] = []
    for (let number = 0; number < count; number += 1) {
      await sleep(options.phaseMs / (count + 1))
      poisoning.push(heardLater(sendPoison(run, hostile, poisoned)))
      poisoned += 1
    }
    await sleep(options.phaseMs / (count + 1))
    stop.abort()
    const sent = (await playing).flat()
    ids[isPoisoned ? 'poisoned' : 'clean'].push(sent)
    await settleAll(run, [...sent, ...(await Promise.all(poisoning)).flat()])
  }
  run.load.resume()
  for (const player of [...healthy, ...hostile]) player.leave()
  const phases = {
    clean: ids.clean.map((of) => latencies(run, of)),
    poisoned: ids.poisoned.map((of) => latencies(run, of)),
  }
  return {
    intents: [...ids.clean, ...ids.poisoned].flat().length,
    poison: poisoned,
    cleanP95Ms: p95(phases.clean.flat()),
    poisonedP95Ms: p95(phases.poisoned.flat()),
    healthyP95Ratio: p95Ratio(phases),
    interval: p95RatioInterval(phases, createRandom(INTERVAL_SEED)),
  }
}

/** A failure is met by who waits for it, however late that is. */
function heardLater<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}

/** One intent after the other at a steady rate, whether or not those before have ended. */
async function playSteadily(
  player: ChaosPlayer,
  index: number,
  of: number,
  stop: AbortSignal,
): Promise<Hex[]> {
  const sending: Promise<Hex[]>[] = []
  await sleep((index / of) * HEALTHY_SEND_MS)
  while (!stop.aborted) {
    const step = await player.step()
    sending.push(heardLater(player.send([player.sign(step)], 'healthy')))
    await sleep(HEALTHY_SEND_MS)
  }
  return (await Promise.all(sending)).flat()
}

/** The kinds take turns; now and then it is a grant whose owner has become something else. */
async function sendPoison(
  run: Run,
  hostile: readonly ChaosPlayer[],
  number: number,
): Promise<Hex[]> {
  const at = number % (poisons.length + 1)
  const poison = poisons[at]
  const player = hostile[at]
  if (!poison || !player) return sendDeadGrant(run)
  await player.resync()
  return player.send([player.sign(poison.changes())], poison.kind)
}

/** An owner who signed as a wallet and is a contract when the grant reaches the chain. */
async function sendDeadGrant(run: Run): Promise<Hex[]> {
  const player = await run.newPlayer()
  const code = [player.wallet.address, '0xfe']
  await run.cluster.anvil('anvil_setCode', code)
  const intent = player.sign({ calls: [moveTo(0)] })
  return player.send([intent], 'dead-grant').finally(() => player.leave())
}

/** Waits for the end of each, by push, and asks where none comes. What has none in the end is a failure of the run. */
async function settleAll(run: Run, ids: readonly Hex[]): Promise<void> {
  const areOver = await Promise.all(
    ids.map((id) => run.journal.whenSettled(id, PUSH_MS)),
  )
  if (areOver.every(Boolean)) return
  const open = await run.settleAll(SETTLE_MS)
  if (open > 0)
    run.failures.push(
      `${open} moves beside poison had no end in ${SETTLE_MS} ms`,
    )
}

function latencies({ journal }: Run, ids: readonly Hex[]): number[] {
  return ids.flatMap((id) => {
    const entry = journal.entries.get(id)
    return entry?.settledMs ? [entry.settledMs - entry.sentMs] : []
  })
}

function hugeMove(): Call {
  const call = moveTo(0)
  return { ...call, data: `${call.data}${'ff'.repeat(HUGE_BYTES)}` }
}
