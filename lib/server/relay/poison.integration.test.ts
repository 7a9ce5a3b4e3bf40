import type { Hex } from 'viem'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { localAccounts } from '@/scripts/stack/keys'
import { takeKey } from '@/scripts/test/key-at-hand'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { identityOf, revokeSession } from '../session/revoke-session'
import { nextBundle, nextTask } from './bundle/next-job'
import type { Worker } from './run-worker'
import { enqueueTask } from './task/enqueue-task'

let stack: RelayStack
let worker: Worker | null = null

beforeAll(async () => {
  stack = await startRelayStack()
})
beforeEach(async () => {
  await worker?.stop()
  worker = null
})
afterAll(async () => {
  await worker?.stop()
  await stack?.stop()
})

async function newPlayer(): Promise<TestPlayer> {
  const player = new TestPlayer()
  await player.grant()
  return player
}

/** A step that drags bytes along, which the game ignores and the chain charges for. */
async function heavyStep(player: TestPlayer, bytes: number) {
  const step = await player.step({ callGas: 120_000 })
  const calls = step.calls.map((call) => ({
    ...call,
    data: `${call.data}${'ff'.repeat(bytes)}` as Hex,
  }))
  return { ...step, calls }
}

describe('a healthy player moves on', () => {
  test('security: beside others whose intents are full of bytes, which no node would take together', async () => {
    const [healthy, ...heavy] = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(newPlayer),
    )
    const ids: Hex[] = []
    for (const player of heavy)
      for (let turn = 0; turn < 4; turn += 1)
        ids.push(await player.send(await heavyStep(player, 16_000)))
    if (!healthy) throw new Error('nobody there')
    ids.push(await healthy.send(await healthy.step()))
    worker = await stack.startWorker()
    for (const id of ids)
      expect((await settled(id, 60_000)).status).toBe('confirmed')
  }, 120_000)

  test('security: and an intent too large for a transaction is refused at the door', async () => {
    const player = await newPlayer()
    const step = await heavyStep(player, 16_300)
    const calls = [1, 2, 3].flatMap(() => step.calls)
    await expect(player.send({ ...step, calls })).rejects.toMatchObject({
      code: 'payload_too_large',
    })
  })

  test('security: when a large intent expires in the queue, with what waits behind it rolled back', async () => {
    const [heavy, healthy] = await Promise.all([1, 2].map(newPlayer))
    if (!heavy || !healthy) throw new Error('nobody there')
    const first = await heavy.send(await heavyStep(heavy, 16_000))
    const second = await heavy.send(await heavy.step())
    const move = await healthy.send(await healthy.step())
    await stack.database.prisma.intent.update({
      where: { id: first },
      data: { expiry: 1 },
    })
    const { search } = await takeKey(stack)
    await nextBundle(search, { kind: 'all' })
    expect((await settled(first)).reason).toBe('intent_expired')
    expect((await settled(second)).reason).toBe('rolled_back')
    worker = await stack.startWorker()
    expect((await settled(move)).status).toBe('confirmed')
  })

  test.each([
    ['table', { table: '0x99' }, {}],
    ['signature', {}, { signature: '0xnothex' }],
    ['key scheme', { keyScheme: 'rsa' }, {}],
    ['terms', { terms: { permissions: [{ to: '?' }], spendLimits: [] } }, {}],
  ])(
    'security: beside a stored session whose %s is not readable',
    async (_, session, grant) => {
      const [broken, healthy] = await Promise.all([1, 2].map(newPlayer))
      if (!broken || !healthy) throw new Error('nobody there')
      const bad = await broken.send(await broken.step())
      const good = await healthy.send(await healthy.step())
      const { sessionId } = broken
      const { prisma } = stack.database
      await prisma.session.update({ where: { id: sessionId }, data: session })
      await prisma.sessionGrant.updateMany({
        where: { sessionId },
        data: grant,
      })
      worker = await stack.startWorker()
      expect((await settled(good)).status).toBe('confirmed')
      expect(await settled(bad)).toMatchObject({
        ...{ status: 'rejected', reason: 'internal' },
      })
    },
  )

  test('security: while a flood of revocations waits for the same key', async () => {
    const [flooder, healthy] = await Promise.all([1, 2].map(newPlayer))
    if (!flooder || !healthy) throw new Error('nobody there')
    const { prisma } = stack.database
    const row = await prisma.session.findUniqueOrThrow({
      where: { id: flooder.sessionId },
    })
    const signature = await flooder.signRevocation('key')
    const session = identityOf(row)
    for (let count = 0; count < 60; count += 1)
      await prisma.$transaction((transaction) =>
        enqueueTask(transaction, 'revoke', row.id, {
          ...{ by: 'key', session, signature },
        }),
      )
    const admin = await newPlayer()
    const victim = await prisma.session.findUniqueOrThrow({
      where: { id: admin.sessionId },
    })
    const taskId = await prisma.$transaction((transaction) =>
      enqueueTask(transaction, 'revoke', victim.id, {
        ...{ by: 'revoker', session: identityOf(victim) },
      }),
    )
    const job = await nextTask(
      ...([stack.context, 'revoker', localAccounts.revoker.address] as const),
    )
    expect(job?.taskId ?? (await statusOf(taskId))).toBe(taskId)

    const id = await healthy.send(await healthy.step())
    worker = await stack.startWorker()
    expect((await settled(id)).status).toBe('confirmed')
    const open = await prisma.relayTask.count({
      where: { status: 'queued', subject: row.id },
    })
    expect(open).toBeGreaterThan(40)
  }, 60_000)
})

async function statusOf(id: string): Promise<string | undefined> {
  const task = await stack.database.prisma.relayTask.findUnique({
    where: { id },
  })
  return task?.error ?? task?.status
}

describe('a revocation', () => {
  test('security: once asked for, nothing that is queued or comes back to the queue is sent', async () => {
    const player = await newPlayer()
    const ids = [
      await player.send(await player.step()),
      await player.send(await player.step()),
    ]
    const signature = await player.signRevocation('key')
    await revokeSession({ sessionId: player.sessionId, by: 'key', signature })
    // As a failed or undone transaction would put it back.
    await stack.database.prisma.intent.updateMany({
      where: { id: { in: ids } },
      data: { status: 'queued' },
    })
    const { search } = await takeKey(stack)
    expect(await nextBundle(search, { kind: 'all' })).toBeNull()
    for (const id of ids)
      expect(await settled(id)).toMatchObject({
        ...{ status: 'rejected', reason: 'session_revoked' },
      })
  })
})
