import { setTimeout as sleep } from 'node:timers/promises'
import { type Hex, numberToHex, parseEther } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { getWorkerEnv } from '@/lib/config/env'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import type { Worker } from '../run-worker'

let stack: RelayStack
let worker: Worker | null = null
let player: TestPlayer

beforeAll(async () => {
  stack = await startRelayStack()
  const [first = ''] = (process.env.RELAYER_PRIVATE_KEYS ?? '').split(',')
  process.env.RELAYER_PRIVATE_KEYS = first
  player = new TestPlayer()
  await player.grant()
})
afterEach(async () => {
  await worker?.stop()
  worker = null
  await setBalance(parseEther('1000'))
})
afterAll(() => stack?.stop())

const relayer = () =>
  privateKeyToAccount(getWorkerEnv().RELAYER_PRIVATE_KEYS[0] as Hex).address
const setBalance = (wei: bigint) =>
  stack.anvil('anvil_setBalance', [relayer(), numberToHex(wei)])
const readKey = () =>
  stack.database.prisma.relayKey.findUnique({ where: { address: relayer() } })

// Guarantee: a relayer key without funds pauses the relay and loses nothing; topped up, it goes on by itself.
describe('a low balance', () => {
  test('behavior: below the minimum, nothing new is sent; topped up, all of it is', async () => {
    worker = await stack.startWorker()
    await settled(await player.send(await player.step()))
    await setBalance(getWorkerEnv().MIN_BALANCE_WEI - 1n)
    await expect
      .poll(readKey, { timeout: 10_000 })
      .toMatchObject({ isLow: true, role: 'relayer', index: 0 })
    const ids: Hex[] = []
    for (let turn = 0; turn < 3; turn += 1)
      ids.push(await player.send(await player.step()))
    await sleep(2_000)
    const { prisma } = stack.database
    for (const id of ids)
      expect(await prisma.intent.findUnique({ where: { id } })).toMatchObject({
        ...{ status: 'queued', suspicion: 0 },
      })
    await setBalance(parseEther('10'))
    for (const id of ids) expect((await settled(id)).status).toBe('confirmed')
    expect(await readKey()).toMatchObject({ isLow: false })
  }, 60_000)

  test('behavior: a node that will not take a transaction for want of funds makes no suspects', async () => {
    process.env.MIN_BALANCE_WEI = '1'
    try {
      await setBalance(1_000n)
      worker = await stack.startWorker({
        ...{ stuckAfterMs: 500, giveUpAfterMs: 1_000 },
      })
      const id = await player.send(await player.step())
      await expect
        .poll(readKey, { timeout: 10_000 })
        .toMatchObject({ isLow: true })
      await sleep(3_000)
      await setBalance(parseEther('10'))
      expect(await settled(id)).toMatchObject({
        ...{ status: 'confirmed', suspicion: 0 },
      })
      await expect
        .poll(readKey, { timeout: 10_000 })
        .toMatchObject({ isLow: false })
    } finally {
      delete process.env.MIN_BALANCE_WEI
    }
  }, 60_000)
})
