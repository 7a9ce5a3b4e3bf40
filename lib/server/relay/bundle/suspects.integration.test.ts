import type { Hex } from 'viem'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { getWorkerEnv } from '@/lib/config/env'
import { takeKey } from '@/scripts/test/key-at-hand'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { createSigner } from '../key/signer'
import type { Worker } from '../run-worker'
import { nextBundle } from './next-job'

let stack: RelayStack
let worker: Worker | null = null

beforeAll(async () => {
  stack = await startRelayStack()
})
afterEach(async () => {
  await worker?.stop()
  worker = null
})
afterAll(() => stack?.stop())

/** A player whose session is on chain. */
async function newPlayer(): Promise<TestPlayer> {
  const player = new TestPlayer()
  await player.grant()
  worker ??= await stack.startWorker()
  await settled(await player.send(await player.step()))
  return player
}

async function stop(): Promise<void> {
  await worker?.stop()
  worker = null
}

const addressOf = (index: number) =>
  createSigner('relayer', getWorkerEnv().RELAYER_PRIVATE_KEYS[index] as Hex, {
    ...{ chainId: 1, sessionManager: '0x', maxFeePerGasWei: 0n },
  }).address

async function signerOf(id: Hex): Promise<string | undefined> {
  const row = await stack.database.prisma.intent.findUniqueOrThrow({
    where: { id },
    include: { transaction: true },
  })
  return row.transaction?.signer
}

// Guarantee P4: an intent that makes a whole bundle fail hurts nobody but itself.
describe('a bundle that fails as a whole', () => {
  test('security: only the one to blame is held back, and travels apart; the others go on untouched', async () => {
    const players = []
    for (const _ of [1, 2, 3, 4, 5]) players.push(await newPlayer())
    await stop()
    const ids: Hex[] = []
    for (const [index, player] of players.entries())
      for (const turn of [0, 1]) {
        const isBlamed = index === 1 && turn === 1
        const callGas = isBlamed ? 4_000_000 : 120_000
        ids.push(await player.send(await player.step({ callGas })))
      }
    // It asks for more than is brought for it, or left over by the others.
    const blamed = ids[3] as Hex
    const { prisma } = stack.database
    await prisma.intent.update({ where: { id: blamed }, data: { callGas: 0 } })
    await prisma.session.updateMany({ data: { sidelinedUntil: null } })
    worker = await stack.startWorker()
    for (const id of ids.filter((id) => id !== blamed))
      expect(await settled(id)).toMatchObject({
        ...{ status: 'confirmed', suspicion: 0 },
      })
    const failed = await prisma.relayTransaction.findMany({
      where: { state: 'failed' },
    })
    expect(failed.length).toBeGreaterThan(0)
    const culprit = await settled(blamed, 30_000)
    expect(culprit).toMatchObject({
      ...{ status: 'rejected', reason: 'insufficient_gas', suspicion: 4 },
    })
    const session = await prisma.session.findUniqueOrThrow({
      where: { id: culprit.sessionId },
    })
    expect(session.sidelinedUntil?.getTime()).toBeGreaterThan(Date.now())
  }, 60_000)
})

describe('sidelined sessions', () => {
  test('behavior: are carried by the side key, the others by the main key of their shard', async () => {
    const players = []
    for (const _ of [1, 2, 3]) players.push(await newPlayer())
    await stop()
    const [even, odd, sidelined] = players as [
      TestPlayer,
      TestPlayer,
      TestPlayer,
    ]
    const { prisma } = stack.database
    await prisma.session.update({
      where: { id: sidelined.sessionId },
      data: { sidelinedUntil: new Date(Date.now() + 60_000) },
    })
    const ids: Hex[] = []
    for (const player of players)
      ids.push(await player.send(await player.step()))
    for (const [id, shard] of [
      [ids[0], 4],
      [ids[1], 7],
      [ids[2], 4],
    ] as [Hex, number][])
      await prisma.intent.update({ where: { id }, data: { shard } })
    worker = await stack.startWorker()
    for (const id of ids) expect((await settled(id)).status).toBe('confirmed')
    const signers = await Promise.all(ids.map(signerOf))
    expect(signers).toEqual([addressOf(0), addressOf(1), addressOf(2)])
    expect(new Set([even.account, odd.account]).size).toBe(2)
  }, 60_000)

  test('security: of one key that does it all, suspects take every other turn at most', async () => {
    const suspects = []
    for (const _ of [1, 2, 3]) suspects.push(await newPlayer())
    const healthy = await newPlayer()
    await stop()
    const { prisma } = stack.database
    const ids: Hex[] = []
    for (const player of suspects)
      ids.push(await player.send(await player.step()))
    await prisma.intent.updateMany({
      where: { id: { in: ids } },
      data: { suspicion: 1 },
    })
    const moves = [
      await healthy.send(await healthy.step()),
      await healthy.send(await healthy.step()),
    ]
    const { search } = await takeKey(stack)
    const share = { kind: 'all' } as const
    const first = await nextBundle(search, share)
    const idsOf = (job: typeof first) => job?.intents.map(({ id }) => id)
    expect(first?.isSuspect).toBe(true)
    expect(idsOf(first)).toEqual(ids.slice(0, 1))
    const second = await nextBundle({ ...search, healthyFirst: true }, share)
    expect(second?.isSuspect).toBe(false)
    expect(idsOf(second)).toEqual(moves)
    worker = await stack.startWorker()
    for (const id of [...ids, ...moves])
      expect((await settled(id)).status).toBe('confirmed')
  }, 60_000)

  test('behavior: held back, an intent keeps those behind it waiting, and nobody else', async () => {
    const player = await newPlayer()
    const other = await newPlayer()
    await stop()
    const first = await player.send(await player.step())
    const second = await player.send(await player.step())
    const healthy = await other.send(await other.step())
    const { prisma } = stack.database
    const heldUntil = new Date(Date.now() + 4_000)
    await prisma.intent.update({ where: { id: first }, data: { heldUntil } })
    await prisma.session.update({
      where: { id: player.sessionId },
      data: { sidelinedUntil: new Date(Date.now() + 60_000) },
    })
    worker = await stack.startWorker()
    expect((await settled(healthy)).status).toBe('confirmed')
    const waiting = await prisma.intent.findMany({
      where: { id: { in: [first, second] } },
    })
    expect(waiting.map(({ status }) => status)).toEqual(['queued', 'queued'])
    for (const id of [first, second]) {
      const row = await settled(id)
      expect(row.status).toBe('confirmed')
      expect(row.settledAt?.getTime()).toBeGreaterThan(heldUntil.getTime())
    }
  }, 60_000)
})
