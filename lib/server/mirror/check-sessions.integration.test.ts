import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Worker } from '@/lib/server/relay/run-worker'
import {
  payment,
  type ShopStack,
  startShopStack,
} from '@/scripts/test/shop-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { logger } from '../log/logger'
import { createBudgetCheck } from './check-budgets'

let stack: ShopStack
let worker: Worker
let player: TestPlayer
const alarms = vi.spyOn(logger, 'error')

beforeAll(async () => {
  stack = await startShopStack()
  worker = await stack.startWorker()
  player = new TestPlayer()
  await player.grant()
  await settled(await player.send(await payment(player, 5n, 0n)))
  const inLane = { lane: 3, sequence: 0 }
  await settled(
    await player.send({ ...(await payment(player, 2n, 0n)), ...inLane }),
  )
})
afterAll(async () => {
  await worker?.stop()
  await stack?.stop()
})

function load() {
  return stack.database.prisma.session.findUniqueOrThrow({
    where: { id: player.sessionId },
    include: { lanes: true, meters: { orderBy: { index: 'asc' } } },
  })
}

/** What the chain decides of the session, and what was noted of it. */
async function look() {
  const row = await load()
  const { status, validUntil, nextSequence, cells, lanes, meters } = row
  return { status, validUntil, nextSequence, cells, lanes, meters }
}

describe('database disagrees with chain', () => {
  const damages: [string, string, string][] = [
    ['counters', 'cells', `UPDATE "Session" SET cells = '{9,9,9,9,9,9,9,9}'`],
    ['a sequence', 'nextSequence', `UPDATE "Session" SET "nextSequence" = 70`],
    ['the end', 'validUntil', `UPDATE "Session" SET "validUntil" = 1`],
    [
      'a session that is open',
      'status',
      `UPDATE "Session" SET status = 'revoked', "revokedBy" = 'nobody', "revokedAt" = now()`,
    ],
    [
      'a session that is enabled',
      'status',
      `UPDATE "Session" SET status = 'pending', "activatedAt" = NULL`,
    ],
    [
      'a lane',
      'lane 3',
      `UPDATE "SessionLane" SET "nextSequence" = 9 WHERE true`,
    ],
    ['a meter', 'meter 0', `UPDATE "SessionMeter" SET total = 1 WHERE true`],
  ]
  for (const [what, field, damage] of damages)
    test(`behavior: ${what} is found, told, and brought to what the chain says`, async () => {
      const before = await look()
      alarms.mockClear()
      const condition = damage.includes('"Session" ')
        ? 'WHERE id = $1'
        : 'AND "sessionId" = $1'
      await stack.database.pool.query(`${damage} ${condition}`, [
        player.sessionId,
      ])
      await expect
        .poll(async () => (await load()).disagreement, {
          ...{ timeout: 10_000, interval: 20 },
        })
        .toMatchObject({ [field]: expect.any(Array) })
      await expect
        .poll(async () => (await load()).disagreesSince, { timeout: 10_000 })
        .toBeNull()
      expect(await look()).toEqual(before)
      expect(alarms).toHaveBeenCalledWith(
        expect.objectContaining({ sessionId: player.sessionId }),
        'database disagrees with chain',
      )
    }, 30_000)

  test('behavior: a budget that does not add up is told', async () => {
    alarms.mockClear()
    const id = `session:${player.sessionId}`
    const change = (by: number) =>
      stack.database.prisma.gasBudget.update({
        where: { id },
        data: { reserved: { increment: by } },
      })
    const check = createBudgetCheck(stack.database)
    await change(7)
    await check()
    await change(-7)
    expect(alarms).toHaveBeenCalledExactlyOnceWith(
      { budget: expect.objectContaining({ id, reserved: '7' }) },
      'a budget is not what its intents add up to',
    )
  })

  test('behavior: while many play, nothing is found', async () => {
    alarms.mockClear()
    const players = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const other = new TestPlayer()
        await other.grant()
        return other
      }),
    )
    const ids: Hex[] = []
    const marks: number[] = []
    const until = Date.now() + 10_000
    const watch = async () => {
      while (Date.now() < until) {
        marks.push(
          await stack.database.prisma.session.count({
            where: { disagreesSince: { not: null } },
          }),
        )
        await sleep(30)
      }
    }
    const play = async (other: TestPlayer, index: number) => {
      while (Date.now() < until) {
        const id = await other.send(await other.step())
        ids.push(id)
        // Some pause now and then, so that they are compared while the others go on.
        if (index % 2 === 0) await sleep(100)
        else await settled(id).then(() => sleep(Math.random() * 3_500))
      }
    }
    await Promise.all([watch(), ...players.map(play)])
    for (const id of ids) await settled(id)
    expect(Math.max(...marks)).toBe(0)
    expect(alarms).not.toHaveBeenCalled()
    expect(ids.length).toBeGreaterThan(200)
  }, 60_000)
})
