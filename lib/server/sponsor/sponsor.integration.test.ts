import type { Hex } from 'viem'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { Intent } from '@/lib/intent/intent'
import { getDeployment } from '@/lib/server/chain/deployment'
import { type Database, openDatabase } from '@/lib/server/db/database'
import { admitIntent } from '@/lib/server/relay/admission/admit-intent'
import type { Worker } from '@/lib/server/relay/run-worker'
import { revokeSession } from '@/lib/server/session/revoke-session'
import { findBundle, storeJob, takeKey } from '@/scripts/test/key-at-hand'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { undoBlocks } from '@/scripts/test/undo-blocks'
import { syncBlocks } from '../mirror/sync-blocks'
import { findBudgetDrift } from './find-budget-drift'
import { readGasUse } from './read-gas-use'

let stack: RelayStack
let worker: Worker | null = null
/** As of several web processes: each admits by itself, with a memory of its own. */
const processes: Database[] = []

beforeAll(async () => {
  stack = await startRelayStack()
  for (let count = 0; count < 4; count += 1)
    processes.push(openDatabase(stack.database.url, 4))
})
afterEach(async () => {
  await stop()
  await stack.database.pool.query('UPDATE "GasBudget" SET "limit" = NULL')
})
afterAll(async () => {
  for (const database of processes) await database.close()
  await stack?.stop()
})

async function stop(): Promise<void> {
  await worker?.stop()
  worker = null
}

async function newPlayer(): Promise<TestPlayer> {
  const player = new TestPlayer()
  await player.grant()
  return player
}

/** Waits until an intent is settled and what its transaction cost is recorded. */
async function paid(id: Hex) {
  await settled(id, 30_000)
  const load = () =>
    stack.database.prisma.intent.findUniqueOrThrow({
      where: { id },
      include: { transaction: true },
    })
  await expect
    .poll(async () => (await load()).transaction?.state, { timeout: 15_000 })
    .toBe('included')
  return load()
}

/** A player whose session is on chain, with the worker stopped again. */
async function activePlayer(): Promise<TestPlayer> {
  const player = await newPlayer()
  worker ??= await stack.startWorker()
  await paid(await player.send(await player.step()))
  await stop()
  return player
}

function loadIntent(id: Hex) {
  return stack.database.prisma.intent.findUniqueOrThrow({ where: { id } })
}

async function budgetOf(id: string) {
  const row = await stack.database.prisma.gasBudget.findUniqueOrThrow({
    where: { id },
  })
  return { reserved: Number(row.reserved), spent: Number(row.spent) }
}

/** Leaves room for so much more gas in a budget. */
async function leaveRoom(id: string, gas: number): Promise<void> {
  await stack.database.pool.query(
    'UPDATE "GasBudget" SET "limit" = reserved + spent + $2 WHERE id = $1',
    [id, gas],
  )
}

async function studioId(): Promise<string> {
  const { id } = await stack.database.prisma.studio.findFirstOrThrow({
    where: { games: { some: { slug: 'delve' } } },
  })
  return id
}

/** Makes everything that happened so far yesterday's. */
async function aDayLater(): Promise<void> {
  const { pool } = stack.database
  await pool.query('UPDATE "GasBudget" SET day = day - 1 WHERE day > 0')
  await pool.query(
    `UPDATE "Intent" SET "queuedAt" = "queuedAt" - interval '1 day'`,
  )
}

async function gameId(): Promise<string> {
  const { id } = await stack.database.prisma.game.findUniqueOrThrow({
    where: { slug: 'delve' },
  })
  return id
}

async function admitAt(
  database: Database,
  player: TestPlayer,
  intent: Intent,
): Promise<PlaykeyError | Hex> {
  const signed = { intent, signature: player.signIntent(intent) }
  return admitIntent({ database, ...getDeployment() }, signed).catch(
    (error: PlaykeyError) => error,
  )
}

function at(index: number): Database {
  return processes[index % processes.length] as Database
}

function codesOf(answers: (PlaykeyError | Hex)[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const answer of answers) {
    const code = typeof answer === 'string' ? 'admitted' : answer.code
    counts[code] = (counts[code] ?? 0) + 1
  }
  return counts
}

const none: never[] = []
const drift = () => findBudgetDrift(stack.database)

describe('50 intents at once, by four processes, for a budget of exactly 17', () => {
  test('behavior: of a game: exactly 17 are admitted', async () => {
    const probe = await newPlayer()
    const { gas } = await loadIntent(await probe.send(await probe.move(1)))
    const id = `game:${await gameId()}`
    const players = []
    for (let count = 0; count < 50; count += 1) players.push(await newPlayer())
    const intents = await Promise.all(players.map((each) => each.move(1)))
    await leaveRoom(id, gas * 17)
    const before = await budgetOf(id)
    const answers = await Promise.all(
      players.map((player, index) =>
        admitAt(at(index), player, intents[index] as Intent),
      ),
    )
    expect(codesOf(answers)).toEqual({
      admitted: 17,
      game_budget_exhausted: 33,
    })
    const after = await budgetOf(id)
    expect(after.reserved).toBe(before.reserved + 17 * gas)
    expect(await drift()).toEqual(none)
  }, 120_000)

  test('behavior: of a session, in 50 lanes: exactly 17 are admitted', async () => {
    const player = await activePlayer()
    const lanes = Array.from({ length: 50 }, (_, lane) => lane + 1)
    const intents = await Promise.all(
      lanes.map((lane) => player.move(1, { lane, sequence: 0 })),
    )
    const probe = await player.send(await player.step())
    const { gas } = await loadIntent(probe)
    await leaveRoom(`session:${player.sessionId}`, gas * 17)
    const answers = await Promise.all(
      intents.map((intent, index) => admitAt(at(index), player, intent)),
    )
    expect(codesOf(answers)).toEqual({
      admitted: 17,
      session_budget_exhausted: 33,
    })
    expect(await drift()).toEqual(none)
  }, 120_000)
})

describe('an exhausted budget', () => {
  test.each([
    ['session', (player: TestPlayer) => `session:${player.sessionId}`],
    ['player', (player: TestPlayer) => `player:${player.account}`],
    ['game', async () => `game:${await gameId()}`],
  ] as const)(
    'error: of a %s refuses, and says when it is reset',
    async (scope, idOf) => {
      const player = await newPlayer()
      const { gas } = await loadIntent(await player.send(await player.move(1)))
      await leaveRoom(await idOf(player), 1_000)
      // What is remembered of the session allows it; what is read anew does not.
      const intent = await player.move(1, { lane: 3, sequence: 0 })
      const refusal = await admitAt(stack.database, player, intent)
      expect(refusal).toBeInstanceOf(PlaykeyError)
      const { code, details, remedy } = refusal as PlaykeyError
      const midnight = (Math.floor(Date.now() / 86_400_000) + 1) * 86_400
      expect({ code, details }).toMatchObject({
        code: `${scope}_budget_exhausted`,
        details: { scope, resetAt: scope === 'session' ? null : midnight },
      })
      expect(details?.neededGas).toBeLessThan(gas)
      expect(remedy).toMatch(
        scope === 'session' ? /new session/ : /^Wait .*new day/,
      )
      await stack.database.pool.query('UPDATE "GasBudget" SET "limit" = NULL')
      expect(await admitAt(stack.database, player, intent)).toMatch(/^0x/)
    },
  )

  test('behavior: is full again on the next day, but for what is on its way', async () => {
    const player = await activePlayer()
    const id = `player:${player.account}`
    const spent = await budgetOf(id)
    expect(spent.spent).toBeGreaterThan(20_000)
    const onItsWay = await player.send(await player.step())
    const { gas } = await loadIntent(onItsWay)
    await leaveRoom(id, 1_000)
    const next = await player.step()
    expect(await admitAt(at(0), player, next)).toMatchObject({
      code: 'player_budget_exhausted',
    })
    await aDayLater()
    await stack.database.pool.query(
      'UPDATE "GasBudget" SET "limit" = $2 WHERE id = $1',
      [id, gas * 2],
    )
    expect(await admitAt(at(0), player, next)).toMatch(/^0x/)
    expect(await budgetOf(id)).toEqual({ reserved: gas * 2, spent: 0 })
    expect(
      await admitAt(
        at(0),
        player,
        await player.move(1, { lane: 9, sequence: 0 }),
      ),
    ).toMatchObject({ code: 'player_budget_exhausted' })
    // What was queued yesterday is not charged to today.
    worker = await stack.startWorker()
    await paid(onItsWay)
    const { gasCharged } = await paid(
      await player.admit(next, player.signIntent(next)),
    )
    expect(await budgetOf(id)).toEqual({ reserved: 0, spent: gasCharged })
  })
})

test('behavior: a studio sees what its game has used today, what is on its way, and the limit', async () => {
  const player = await activePlayer()
  const { database } = stack
  const [game, studio] = [await gameId(), await studioId()]
  const before = await readGasUse(database, 'game', game)
  expect(before.limitGas).toBe(500_000_000_000)
  const { gas } = await loadIntent(await player.send(await player.step()))
  const after = await readGasUse(database, 'game', game)
  expect(after).toEqual({ ...before, reservedGas: before.reservedGas + gas })
  expect(after.usedGas).toBeGreaterThan(20_000)
  await database.pool.query(
    'UPDATE "GasBudget" SET "limit" = 7 WHERE id = $1',
    [`studio:${studio}`],
  )
  expect((await readGasUse(database, 'studio', studio)).limitGas).toBe(7)
  const nextDayMs = after.resetsAt * 1_000
  expect(await readGasUse(database, 'game', game, nextDayMs)).toEqual({
    ...{ limitGas: after.limitGas, reservedGas: after.reservedGas },
    ...{ usedGas: 0, resetsAt: after.resetsAt + 86_400 },
  })
})

describe('what was reserved', () => {
  test('behavior: is charged by share, in all exactly what the bundle used', async () => {
    const players = await Promise.all([1, 2, 3, 4, 5].map(newPlayer))
    const ids: Hex[] = []
    for (const [index, player] of players.entries())
      for (let turn = 0; turn <= index; turn += 1) {
        const callGas = 120_000 + turn * 1_013
        ids.push(await player.send(await player.step({ callGas })))
      }
    worker = await stack.startWorker()
    const rows = []
    for (const id of ids) rows.push(await paid(id))
    await stop()
    const bundles = new Set(rows.map(({ transactionId }) => transactionId))
    for (const id of bundles) {
      const { gasUsed, intents } =
        await stack.database.prisma.relayTransaction.findUniqueOrThrow({
          where: { id: id as string },
          include: { intents: true },
        })
      const charged = intents.reduce((sum, each) => sum + each.gasCharged, 0)
      expect(charged).toBe(Number(gasUsed))
      for (const { gas, gasCharged } of intents) {
        expect(gasCharged).toBeGreaterThan(0)
        expect(gasCharged).toBeLessThanOrEqual(gas)
      }
    }
    for (const player of players)
      expect((await budgetOf(`session:${player.sessionId}`)).reserved).toBe(0)
    expect(await drift()).toEqual(none)
  })

  test('behavior: is free again when an intent expires, with those that were rolled back behind it', async () => {
    const player = await activePlayer()
    const budget = `session:${player.sessionId}`
    const ids: Hex[] = []
    for (let turn = 0; turn < 3; turn += 1)
      ids.push(await player.send(await player.step()))
    expect((await budgetOf(budget)).reserved).toBeGreaterThan(0)
    await stack.database.prisma.intent.update({
      where: { id: ids[0] as Hex },
      data: { expiry: 1 },
    })
    worker = await stack.startWorker()
    for (const id of ids) expect((await settled(id)).status).toBe('rejected')
    await expect.poll(async () => (await budgetOf(budget)).reserved).toBe(0)
    expect(await drift()).toEqual(none)
  })

  test('behavior: is free again when the session is revoked', async () => {
    const player = await activePlayer()
    const budget = `session:${player.sessionId}`
    for (let turn = 0; turn < 3; turn += 1)
      await player.send(await player.step())
    const signature = await player.signRevocation('key')
    await revokeSession({ sessionId: player.sessionId, by: 'key', signature })
    expect((await budgetOf(budget)).reserved).toBe(0)
    expect(await drift()).toEqual(none)
  })

  test('behavior: is free again when the game refuses the move, which is charged all the same', async () => {
    const player = await activePlayer()
    const budget = `session:${player.sessionId}`
    const before = await budgetOf(budget)
    const id = await player.send(await player.mint(7n, { callGas: 6_000 }))
    worker = await stack.startWorker()
    const { status, gasCharged } = await paid(id)
    expect(status).toBe('reverted')
    expect(gasCharged).toBeGreaterThan(0)
    expect(await budgetOf(budget)).toEqual({
      reserved: 0,
      spent: before.spent + gasCharged,
    })
    expect(await drift()).toEqual(none)
  })

  test('behavior: stays while a bundle that failed as a whole is tried again, and both are charged', async () => {
    const player = await activePlayer()
    const id = await player.send(await player.step({ callGas: 3_000_000 }))
    const key = await takeKey(stack)
    await stack.database.prisma.session.updateMany({
      data: { sidelinedUntil: null },
    })
    await storeJob(stack, key, await findBundle(key), { gas: 400_000n })
    worker = await stack.startWorker()
    const { gasCharged } = await paid(id)
    await stop()
    const failed =
      await stack.database.prisma.relayTransaction.findFirstOrThrow({
        where: { state: 'failed' },
      })
    expect(gasCharged).toBeGreaterThan(Number(failed.gasUsed))
    expect(await drift()).toEqual(none)
  }, 60_000)
})

describe('rates hold over several processes:', () => {
  const setReady = (id: string, readyMs: number) =>
    stack.database.pool.query(
      'UPDATE "GasBudget" SET "readyMs" = $2 WHERE id = $1',
      [id, readyMs],
    )

  test.each([
    ['session', (player: TestPlayer) => `session:${player.sessionId}`, 2],
    ['player', (player: TestPlayer) => `player:${player.account}`, 1],
    ['studio', async () => `studio:${await studioId()}`, 0.05],
  ] as const)(
    'behavior: of a %s',
    async (scope, idOf, intervalMs) => {
      const player = await activePlayer()
      const id = await idOf(player)
      const lanes = Array.from({ length: 24 }, (_, lane) => lane + 1)
      const intents = await Promise.all(
        lanes.map((lane) => player.move(1, { lane, sequence: 0 })),
      )
      const tries = (from: number, to: number) =>
        Promise.all(
          intents
            .slice(from, to)
            .map((intent, index) => admitAt(at(index), player, intent)),
        )
      // Each process has admitted for it, and remembers it.
      expect(codesOf(await tries(0, 8))).toEqual({ admitted: 8 })

      // What each of them takes counts for all.
      const startMs = Date.now() + 700
      await setReady(id, startMs)
      expect(codesOf(await tries(8, 16))).toEqual({ admitted: 8 })
      const { readyMs } =
        await stack.database.prisma.gasBudget.findUniqueOrThrow({
          where: { id },
        })
      expect(readyMs).toBeGreaterThanOrEqual(startMs + 8 * intervalMs - 0.01)

      // Someone has used up the turns of the next minute: nobody gets in, whatever he remembers.
      await setReady(id, Date.now() + 60_000)
      const refusals = await tries(16, 24)
      expect(codesOf(refusals)).toEqual({ rate_limited: 8 })
      for (const refusal of refusals) {
        const { details } = refusal as PlaykeyError
        expect(details).toMatchObject({ scope })
        expect(details?.retryAfterMs).toBeGreaterThan(40_000)
        expect(details?.retryAfterMs).toBeLessThanOrEqual(59_101)
      }
      await setReady(id, 0)
      expect(codesOf(await tries(16, 24))).toEqual({ admitted: 8 })
      expect(await drift()).toEqual(none)
    },
    60_000,
  )
})

test('behavior: a re-organisation takes charges back, and the blocks that follow make them again', async () => {
  const player = await activePlayer()
  const budget = `session:${player.sessionId}`
  const before = await budgetOf(budget)
  worker = await stack.startWorker()
  const id = await player.send(await player.step())
  const first = await paid(id)
  expect(first.gasCharged).toBeGreaterThan(0)
  await new Promise((resolve) => setTimeout(resolve, 600))
  await stop()
  await undoBlocks(stack.anvil, 1)
  await stack.anvil('evm_mine')

  // Blocks are undone when the node shows others twice in a row.
  for (let looks = 0; looks < 3; looks += 1) await syncBlocks(stack.context)
  expect(await loadIntent(id)).toMatchObject({
    ...{ status: 'submitted', gasCharged: 0 },
  })
  expect(await budgetOf(budget)).toEqual({
    reserved: first.gas,
    spent: before.spent,
  })
  expect(await drift()).toEqual(none)
  worker = await stack.startWorker()
  const { gasCharged } = await paid(id)
  await stop()
  expect(await budgetOf(budget)).toEqual({
    reserved: 0,
    spent: before.spent + gasCharged,
  })
  expect(await drift()).toEqual(none)
}, 60_000)

test('error: a wrong budget is found', async () => {
  const player = await newPlayer()
  await player.send(await player.move(1))
  const id = `session:${player.sessionId}`
  const change = (by: number) =>
    stack.database.pool.query(
      'UPDATE "GasBudget" SET reserved = reserved + $2, spent = spent + $2 WHERE id = $1',
      [id, by],
    )
  await change(5)
  expect(await drift()).toMatchObject([{ id, spent: '5', spentByIntents: '0' }])
  await change(-5)
  expect(await drift()).toEqual(none)
})
