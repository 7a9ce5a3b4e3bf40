import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import type { Call } from '@/lib/intent/intent'
import { MAX_CALL_GAS } from '@/lib/session/limits'
import { bomb, burn } from './hostile-game'
import type { IntentKind } from './journal'
import { type ChaosPlayer, type IntentChanges, moveTo } from './player'
import type { Run } from './run'

/** Latency of honest players, beside bad ones and without them. */
export type PoisonResult = {
  intents: number
  poison: number
  cleanP95Ms: number
  poisonedP95Ms: number
  healthyP95Ratio: number
}

const SHARE = 0.02
const HUGE_BYTES = 16_000
const HEALTHY_SEND_MS = 400

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

/** Phases with and without poison take turns, so that whatever else the machine does meets both alike. */
export async function measurePoison(
  run: Run,
  options: { players: number; phases: number; phaseMs: number },
): Promise<PoisonResult> {
  const healthy = await Promise.all(
    Array.from({ length: options.players }, run.newPlayer),
  )
  const hostile = await Promise.all(poisons.map(run.newPlayer))
  await Promise.all(
    [...healthy, ...hostile].map((each) => each.play(1, 30_000)),
  )
  // Those who are measured have the relay for themselves, but for the poison.
  await run.load.pause()
  const ids: Record<'clean' | 'poisoned', Hex[]> = { clean: [], poisoned: [] }
  let poisoned = 0
  for (let phase = 0; phase < options.phases; phase += 1) {
    const isPoisoned = phase % 2 === 1
    const stop = new AbortController()
    const playing = Promise.all(
      healthy.map((player, index) =>
        playSteadily(player, index, healthy.length, stop.signal),
      ),
    )
    const total = (healthy.length * options.phaseMs) / HEALTHY_SEND_MS
    const count = isPoisoned ? Math.max(1, Math.round(total * SHARE)) : 0
    const poisoning: Promise<Hex[]>[] = []
    for (let number = 0; number < count; number += 1) {
      await sleep(options.phaseMs / (count + 1))
      poisoning.push(sendPoison(run, hostile, poisoned))
      poisoned += 1
    }
    await sleep(options.phaseMs / (count + 1))
    stop.abort()
    const sent = (await playing).flat()
    ids[isPoisoned ? 'poisoned' : 'clean'].push(...sent)
    await settleAll(run, [...sent, ...(await Promise.all(poisoning)).flat()])
  }
  run.load.resume()
  for (const player of [...healthy, ...hostile]) player.leave()
  const cleanP95Ms = p95(latencies(run, ids.clean))
  const poisonedP95Ms = p95(latencies(run, ids.poisoned))
  return {
    intents: ids.clean.length + ids.poisoned.length,
    poison: poisoned,
    ...{ cleanP95Ms, poisonedP95Ms },
    healthyP95Ratio: poisonedP95Ms / cleanP95Ms,
  }
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
    sending.push(player.send([player.sign(step)], 'healthy'))
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

async function settleAll({ journal, settleAll: ask }: Run, ids: Hex[]) {
  for (const id of ids)
    if (!(await journal.whenSettled(id, 5_000))) await ask(30_000)
}

function latencies({ journal }: Run, ids: readonly Hex[]): number[] {
  return ids.flatMap((id) => {
    const entry = journal.entries.get(id)
    return entry?.settledMs ? [entry.settledMs - entry.sentMs] : []
  })
}

/** The latency that one in twenty exceeds, in ms. */
export function p95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN
}

function hugeMove(): Call {
  const call = moveTo(0)
  return { ...call, data: `${call.data}${'ff'.repeat(HUGE_BYTES)}` }
}
