import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import type { Intent } from '@/lib/intent/intent'
import { TICKS_MAX, tick } from './hostile-game'
import { isSettledStatus } from './journal'
import { type ChaosPlayer, moveTo } from './player'
import type { Run } from './run'

/** Fifty at once for what is enough for a few. */
export type RaceResult = { parallel: number; allowed: number; admitted: number }

const PARALLEL = 50
const SETTLE_MS = 60_000

/** A rule allows `TICKS_MAX` calls; each of fifty requests, to all web processes at once, wants one. */
export async function raceForCalls(run: Run): Promise<RaceResult> {
  const player = await run.newPlayer()
  await player.play(1, SETTLE_MS)
  const intents = Array.from({ length: PARALLEL }, (_, lane) =>
    player.sign({ calls: [tick], lane: lane + 1, sequence: 0 }),
  )
  const sent = await Promise.all(
    intents.map((intent) => player.send([intent], 'healthy')),
  )
  const ids = sent.flat()
  await player.settle(ids, SETTLE_MS)
  player.leave()
  return { parallel: PARALLEL, allowed: TICKS_MAX, admitted: ids.length }
}

/** The session's budget has gas for ten more. */
export async function raceForGas(run: Run): Promise<RaceResult> {
  const { pool } = run.cluster
  const player = await run.newPlayer()
  await player.play(1, SETTLE_MS)
  const allowed = 10
  // The first intent carried the grant; those of the race are like the second.
  await player.play(1, SETTLE_MS)
  const { gas, spent } = await readBudget(run, player.sessionId)
  const limit = spent + gas * BigInt(allowed) + gas / 2n
  await pool.query('UPDATE "GasBudget" SET "limit" = $2 WHERE id = $1', [
    `session:${player.sessionId}`,
    limit.toString(),
  ])
  const { calls = [] } = await player.step()
  const intents = Array.from({ length: PARALLEL }, (_, lane) =>
    player.sign({ calls, lane: lane + 1, sequence: 0 }),
  )
  // Nothing is charged or released while they race, so that exactly so many fit.
  const sent = await whileUnsent(run, () =>
    Promise.all(intents.map((intent) => player.send([intent], 'healthy'))),
  )
  await player.settle(sent.flat(), SETTLE_MS)
  player.leave()
  return { parallel: PARALLEL, allowed, admitted: sent.flat().length }
}

/** Gas that the session's second intent was admitted for, and what is spent once both are charged. */
async function readBudget(
  { cluster }: Run,
  sessionId: Hex,
): Promise<{ gas: bigint; spent: bigint }> {
  for (const deadline = Date.now() + SETTLE_MS; ; await sleep(50)) {
    const { rows } = await cluster.pool.query<{ gas: number; spent: string }>(
      `SELECT i.gas, b.spent FROM "Intent" i JOIN "GasBudget" b ON b.id = 'session:' || i."sessionId"
       WHERE i."sessionId" = $1 AND i.sequence = 1 AND b.reserved = 0`,
      [sessionId],
    )
    const [row] = rows
    if (row) return { gas: BigInt(row.gas), spent: BigInt(row.spent) }
    if (Date.now() > deadline)
      throw new Error('the budget does not come to rest')
  }
}

/** What became of a queue whose session was ended. */
export type RevocationResult = {
  queued: number
  /** From asking until the relay refuses, in ms. */
  stopMs: number
  /** Of the queued. */
  ended: number
  sessionId: Hex
}

const QUEUED = 100
const STOPPED_MS = 10_000

/** A hundred intents wait when their session is revoked. */
export async function revokeQueue(run: Run): Promise<RevocationResult> {
  const player = await run.newPlayer()
  await player.play(1, SETTLE_MS)
  const intents: Intent[] = []
  for (let count = 0; count < QUEUED; count += 1)
    intents.push(player.sign(await player.step()))
  const ids: Hex[] = []
  const stopMs = await whileUnsent(run, async () => {
    for (let at = 0; at < QUEUED; at += 50)
      ids.push(...(await player.send(intents.slice(at, at + 50), 'healthy')))
    const startedMs = Date.now()
    const revoking = player.revoke()
    ids.push(...(await sendUntilStopped(player, startedMs)))
    const tookMs = Date.now() - startedMs
    await revoking
    await sleep(500)
    return tookMs
  })
  await player.settle(ids, SETTLE_MS)
  player.leave()
  const ended = ids.filter((id) =>
    isSettledStatus(run.journal.entries.get(id)?.status ?? null),
  )
  return {
    ...{ queued: ids.length, stopMs, ended: ended.length },
    sessionId: player.sessionId,
  }
}

/** Sends one after the other until the relay says that the session has ended. @returns what it still took over */
async function sendUntilStopped(
  player: ChaosPlayer,
  startedMs: number,
): Promise<Hex[]> {
  const ids: Hex[] = []
  for (;;) {
    const late = player.sign({ calls: [moveTo(0)] })
    const { id, refusal } = await player.sendOnce(late)
    if (refusal === 'session_revoked') return ids
    if (refusal === null) ids.push(id)
    if (Date.now() - startedMs > STOPPED_MS) throw new Error('not stopped')
  }
}

/** The worker stores transactions, and no node takes them. */
async function whileUnsent<T>(
  { cluster }: Run,
  work: () => Promise<T>,
): Promise<T> {
  for (const { rpc } of cluster.workers)
    rpc.plan(({ method }) =>
      /^eth_sendRaw/.test(method) ? { kind: 'reset' } : null,
    )
  try {
    return await work()
  } finally {
    for (const { rpc } of cluster.workers) rpc.plan(null)
  }
}
