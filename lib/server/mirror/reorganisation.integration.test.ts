import { setTimeout as sleep } from 'node:timers/promises'
import { createWalletClient, type Hex, http } from 'viem'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { getWorkerEnv } from '@/lib/config/env'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import { loadActor } from '@/lib/server/auth/load-actor'
import { channels } from '@/lib/server/db/channels'
import { type Listener, listen } from '@/lib/server/db/listen'
import type { Worker } from '@/lib/server/relay/run-worker'
import { demoPeople } from '@/lib/server/seed/seed-demo'
import { revokeSession } from '@/lib/server/session/revoke-session'
import { findBudgetDrift } from '@/lib/server/sponsor/find-budget-drift'
import { setSpendLimits } from '@/lib/server/studio/edit-draft'
import { pausePolicy } from '@/lib/server/studio/pause-policy'
import { publishPolicy } from '@/lib/server/studio/publish-policy'
import {
  payment,
  type ShopStack,
  startShopStack,
} from '@/scripts/test/shop-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { undoBlocks } from '@/scripts/test/undo-blocks'
import { compareSession } from './compare-session'
import { readSessions } from './read-sessions'
import { loadStored } from './stored-session'
import { syncBlocks } from './sync-blocks'

let stack: ShopStack
let worker: Worker | null = null
let listener: Listener
const news: RelayEvent[] = []

beforeAll(async () => {
  stack = await startShopStack()
  listener = listen(stack.database.url, [channels.event], (_, payload) =>
    news.push(...(JSON.parse(payload) as RelayEvent[])),
  )
})
afterEach(stopWorker)
afterAll(async () => {
  await listener?.close()
  await stack?.stop()
})

async function stopWorker(): Promise<void> {
  await worker?.stop()
  worker = null
}

async function startWorker(): Promise<void> {
  worker ??= await stack.startWorker()
}

/** A player who has made `moves` moves, each in a block of its own. */
async function playedAlone(moves: number): Promise<[TestPlayer, Hex[]]> {
  const player = new TestPlayer()
  await player.grant()
  await startWorker()
  const ids: Hex[] = []
  for (let move = 0; move < moves; move += 1) {
    const id = await player.send(await player.step())
    await settled(id)
    ids.push(id)
  }
  await inStep()
  return [player, ids]
}

/** Waits until the mirror has read the newest block. */
async function inStep(): Promise<void> {
  await expect
    .poll(
      async () => {
        const head = await stack.client.getBlock()
        const block = await stack.database.prisma.mirrorBlock.findUnique({
          where: { number: head.number },
        })
        return block?.hash === head.hash
      },
      { timeout: 15_000 },
    )
    .toBe(true)
}

async function statusesOf(ids: readonly Hex[]): Promise<string[]> {
  const rows = await stack.database.prisma.intent.findMany({
    where: { id: { in: [...ids] } },
    orderBy: { sequence: 'asc' },
  })
  return rows.map(({ status }) => status)
}

/** Where the database disagrees with the chain about all sessions there are; and whether budgets add up. */
async function disagreements() {
  const { database, context } = stack
  const sessions = await database.prisma.session.findMany()
  const ids = sessions.map(({ id }) => id as Hex)
  const stored = await loadStored(database.pool, ids)
  const states = await readSessions(context, stored, 'latest')
  const found = stored.map((session, index) => {
    const state = states[index]
    return state ? compareSession(session.state, state) : 'not read'
  })
  const marked = sessions.filter(({ disagreesSince }) => disagreesSince)
  return {
    sessions: found.filter((entry) => Object.keys(entry).length > 0),
    marked: marked.length,
    budgets: await findBudgetDrift(database),
  }
}

const agreed = { sessions: [], marked: 0, budgets: [] }

describe('re-organisations', () => {
  for (const depth of [1, 2, 3, 4, 5])
    test(`behavior: ${depth} blocks: results are taken back, told to browsers, and there again, once`, async () => {
      const [player, ids] = await playedAlone(6)
      news.length = 0
      await undoBlocks(stack.anvil, depth)
      await expect
        .poll(
          () =>
            news.flatMap((event) =>
              event.type === 'intent' && event.status === 'submitted'
                ? [event.id]
                : [],
            ),
          { timeout: 10_000 },
        )
        .toEqual(expect.arrayContaining(ids.slice(-depth)))
      const again = () =>
        ids
          .slice(-depth)
          .every((id) =>
            news.some(
              (event) =>
                event.type === 'intent' &&
                event.id === id &&
                event.status === 'confirmed',
            ),
          )
      await expect.poll(again, { timeout: 20_000 }).toBe(true)
      expect(new Set(await statusesOf(ids))).toEqual(new Set(['confirmed']))
      await inStep()
      await expect.poll(disagreements, { timeout: 10_000 }).toEqual(agreed)
      expect(
        (await settled(await player.send(await player.step()))).status,
      ).toBe('confirmed')
    }, 60_000)

  test('behavior: a chain that is cut off, without other blocks in place, takes results back as well', async () => {
    const [, ids] = await playedAlone(4)
    await undoBlocks(stack.anvil, 3, 'anvil_rollback')
    await expect
      .poll(() => statusesOf(ids).then((all) => all.includes('submitted')), {
        timeout: 15_000,
        interval: 20,
      })
      .toBe(true)
    for (const id of ids)
      expect((await settled(id, 20_000)).status).toBe('confirmed')
    await inStep()
    await expect.poll(disagreements, { timeout: 10_000 }).toEqual(agreed)
  }, 60_000)

  test('behavior: blocks undone while no worker runs are noticed at its start', async () => {
    const [, ids] = await playedAlone(4)
    await stopWorker()
    await undoBlocks(stack.anvil, 3)
    await startWorker()
    await expect
      .poll(() => statusesOf(ids).then((all) => all.includes('submitted')), {
        timeout: 15_000,
        interval: 20,
      })
      .toBe(true)
    for (const id of ids)
      expect((await settled(id, 20_000)).status).toBe('confirmed')
    await inStep()
    await expect.poll(disagreements, { timeout: 10_000 }).toEqual(agreed)
  }, 60_000)

  test('behavior: a dropped grant makes the session pending again, until it is mined again', async () => {
    const [player, ids] = await playedAlone(1)
    const before = await stack.database.prisma.session.findUniqueOrThrow({
      where: { id: player.sessionId },
    })
    news.length = 0
    await stopWorker()
    await undoBlocks(stack.anvil, 1)
    for (let looks = 0; looks < 3; looks += 1) {
      await syncBlocks(stack.context)
      await sleep(50)
    }
    const session = await stack.database.prisma.session.findUniqueOrThrow({
      where: { id: player.sessionId },
      include: { account: true },
    })
    expect(session).toMatchObject({
      ...{ status: 'pending', activatedTxHash: null, nextSequence: 0n },
      cells: [0, 0, 0, 0, 0, 0, 0, 0],
      account: { deployedAt: null },
    })
    expect(await statusesOf(ids)).toEqual(['submitted'])
    expect(news).toContainEqual({
      ...{ type: 'session', sessionId: player.sessionId, status: 'pending' },
    })
    await startWorker()
    expect((await settled(ids[0] as Hex)).status).toBe('confirmed')
    await expect
      .poll(() =>
        stack.database.prisma.session.findUniqueOrThrow({
          where: { id: player.sessionId },
          include: { account: true },
        }),
      )
      .toMatchObject({
        ...{ status: 'active', validUntil: before.validUntil },
        activatedTxHash: expect.any(String),
        account: { deployedAt: expect.any(Date) },
      })
    await inStep()
    await expect.poll(disagreements, { timeout: 10_000 }).toEqual(agreed)
  }, 60_000)

  test('behavior: a dropped revocation opens nothing here: the relay has stopped the session, and ends it again', async () => {
    const [player] = await playedAlone(2)
    const { sessionId } = player
    const load = () =>
      stack.database.prisma.session.findUniqueOrThrow({
        where: { id: sessionId },
      })
    const signature = await player.signRevocation('owner')
    await revokeSession({ sessionId, by: 'owner', signature })
    await expect.poll(async () => (await load()).status).toBe('revoked')
    await inStep()
    news.length = 0
    await undoBlocks(stack.anvil, 1)
    await expect
      .poll(() => news, { timeout: 10_000 })
      .toContainEqual({ type: 'session', sessionId, status: 'active' })
    await expect(player.send(await player.move(0))).rejects.toMatchObject({
      code: expect.stringMatching(/session_revok/),
    })
    await expect
      .poll(async () => (await load()).status, { timeout: 20_000 })
      .toBe('revoked')
    expect((await load()).revokedTxHash).not.toBeNull()
    await inStep()
    await expect.poll(disagreements, { timeout: 10_000 }).toEqual(agreed)
  }, 60_000)

  test("behavior: a stranger's revocation of all sessions that is dropped, and never comes again, gives them back", async () => {
    const [player] = await playedAlone(2)
    // The account itself speaks: only a chain without rules about senders lets a test do so.
    await stack.anvil('anvil_impersonateAccount', [player.account])
    await stack.anvil('anvil_setBalance', [
      player.account,
      '0x8ac7230489e80000',
    ])
    await createWalletClient({
      account: player.account,
      transport: http(getWorkerEnv().RPC_URL),
    }).writeContract({
      ...{ chain: null, address: sessionManagerAddress },
      ...{ abi: sessionManagerAbi, functionName: 'revokeAll' },
    })
    const status = async () =>
      (
        await stack.database.prisma.session.findUniqueOrThrow({
          where: { id: player.sessionId },
        })
      ).status
    await expect.poll(status).toBe('revoked')
    await inStep()
    await undoBlocks(stack.anvil, 1)
    await expect.poll(status, { timeout: 10_000 }).toBe('active')
    expect((await settled(await player.send(await player.step()))).status).toBe(
      'confirmed',
    )
    await inStep()
    await expect.poll(disagreements, { timeout: 10_000 }).toEqual(agreed)
  }, 60_000)

  test('behavior: lanes and meters are taken back, and there again', async () => {
    const [player] = await playedAlone(1)
    const { sequence } = player
    const ids: Hex[] = []
    const pay = async (lane: number, at: number) => {
      const intent = await payment(player, 5n, 0n)
      ids.push(await player.send({ ...intent, lane, sequence: at }))
      await settled(ids.at(-1) as Hex)
    }
    await pay(0, sequence)
    await pay(2, 0)
    await pay(2, 1)
    await inStep()
    await stopWorker()
    await undoBlocks(stack.anvil, 2)
    for (let looks = 0; looks < 3; looks += 1) {
      await syncBlocks(stack.context)
      await sleep(50)
    }
    expect(await disagreements()).toMatchObject({ sessions: [], marked: 0 })
    const counted = async () => {
      const { prisma } = stack.database
      const where = { sessionId: player.sessionId }
      const lane = await prisma.sessionLane.findFirst({ where })
      const meters = await prisma.sessionMeter.findMany({ where })
      const totals = meters.map(({ total }) => Number(total))
      return [Number(lane?.nextSequence), Math.max(...totals)]
    }
    expect(await counted()).toEqual([0, 5])
    await startWorker()
    for (const id of ids) expect((await settled(id)).status).toBe('confirmed')
    await expect.poll(counted).toEqual([2, 15])
    await inStep()
    await expect.poll(disagreements, { timeout: 10_000 }).toEqual(agreed)
  }, 60_000)

  test('behavior: a block that is read twice counts once', async () => {
    const [, ids] = await playedAlone(3)
    await stopWorker()
    const { prisma } = stack.database
    const look = async () => [
      await prisma.intent.findMany({ where: { id: { in: ids } } }),
      await prisma.chainEvent.count(),
      await prisma.session.findMany({ orderBy: { id: 'asc' } }),
      await prisma.gasBudget.findMany({ orderBy: { id: 'asc' } }),
    ]
    const before = await look()
    const head = await stack.client.getBlock()
    await prisma.mirrorBlock.deleteMany({
      where: { number: { gt: head.number - 3n } },
    })
    expect((await syncBlocks(stack.context)).isReorganised).toBe(false)
    expect(
      await prisma.mirrorBlock.count({ where: { number: head.number } }),
    ).toBe(1)
    expect(await look()).toEqual(before)
  }, 60_000)

  test('behavior: a dropped publication and a dropped pause are taken back, told, and there again', async () => {
    const { prisma } = stack.database
    const user = await prisma.user.findUniqueOrThrow({
      where: { address: demoPeople.studio },
    })
    const actor = await loadActor(stack.database, user.id)
    if (!actor) throw new Error('no studio')
    await startWorker()
    await inStep()
    const game = await prisma.game.findUniqueOrThrow({
      where: { slug: 'delve' },
    })
    const limits = game.spendLimits as Parameters<typeof setSpendLimits>[2]
    const { draftRevision } = await setSpendLimits(
      ...([actor, 'delve'] as const),
      limits.map((limit) => ({ ...limit, maxAmount: '99' })),
      game.draftRevision,
    )
    const { policyId } = await publishPolicy(actor, 'delve', draftRevision)
    const policy = () =>
      prisma.policy.findUniqueOrThrow({ where: { id: policyId } })
    const status = async () => (await policy()).status
    const isPaused = async () => (await policy()).pausedUntil > 0n
    const eventually = { timeout: 20_000, interval: 10 }
    await expect.poll(status, eventually).toBe('published')
    await inStep()
    await undoBlocks(stack.anvil, 1)
    await expect.poll(status, eventually).toBe('publishing')
    await expect.poll(status, eventually).toBe('published')
    await inStep()
    await pausePolicy(actor, policyId)
    await expect.poll(isPaused, eventually).toBe(true)
    await inStep()
    news.length = 0
    await undoBlocks(stack.anvil, 1)
    await expect
      .poll(() => news, eventually)
      .toContainEqual({ type: 'policy', policyId, pausedUntil: 0 })
    await expect.poll(isPaused, eventually).toBe(true)
  }, 90_000)
})
