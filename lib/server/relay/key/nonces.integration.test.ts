import {
  createWalletClient,
  type Hex,
  http,
  parseTransaction,
  recoverTransactionAddress,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { getWorkerEnv } from '@/lib/config/env'
import { findBundle, storeJob, takeKey } from '@/scripts/test/key-at-hand'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { undoBlocks } from '@/scripts/test/undo-blocks'
import { logger } from '../../log/logger'
import type { Worker, WorkerOptions } from '../run-worker'

let stack: RelayStack
let worker: Worker | null = null
let player: TestPlayer

/** The longest that anything here may take (promise P5). */
const HEALED_MS = 60_000

beforeAll(async () => {
  // One key does it all, so that it is known which one carries what.
  stack = await startRelayStack()
  const [first = ''] = (process.env.RELAYER_PRIVATE_KEYS ?? '').split(',')
  process.env.RELAYER_PRIVATE_KEYS = first
  player = new TestPlayer()
  await player.grant()
  await start()
  await settled(await player.send(await player.step()))
  await stop()
  // High enough to be moved down.
  const nonce = (await countOnChain()) + 200
  await stack.anvil('anvil_setNonce', [relayer().address, nonce])
})
afterEach(async () => {
  await stop()
  delete process.env.MAX_FEE_PER_GAS_WEI
  await stack.anvil('anvil_dropAllTransactions')
  await stack.anvil('evm_setAutomine', [true])
})
afterAll(async () => {
  await stop()
  await stack?.stop()
})

async function start(options: WorkerOptions = {}): Promise<void> {
  worker = await stack.startWorker(options)
}

async function stop(): Promise<void> {
  await worker?.stop()
  worker = null
}

const send = async () => player.send(await player.step())

async function expectDone(id: Hex): Promise<number> {
  const startedMs = performance.now()
  const row = await settled(id, HEALED_MS)
  const tookMs = Math.round(performance.now() - startedMs)
  logger.info({ tookMs, test: expect.getState().currentTestName }, 'healed')
  expect(row.status).toBe('confirmed')
  return tookMs
}

const relayer = () =>
  privateKeyToAccount(getWorkerEnv().RELAYER_PRIVATE_KEYS[0] as Hex)
const countOnChain = () =>
  stack.client.getTransactionCount({ address: relayer().address })

function foreignWallet() {
  return createWalletClient({
    account: relayer(),
    transport: http(getWorkerEnv().RPC_URL),
  })
}

const noValue = { chain: null, to: `0x${'22'.repeat(20)}` as Hex, gas: 21_000n }

// Guarantee P5: whatever happens to a key's nonces, the relay goes on within a minute, by itself.
describe('nonces', () => {
  test('behavior: used by foreign transactions of the same key while the worker runs', async () => {
    await start()
    await expectDone(await send())
    const wallet = foreignWallet()
    for (const _ of [1, 2, 3]) await wallet.sendTransaction(noValue)
    await expectDone(await send())
  }, 90_000)

  test('behavior: a foreign transaction that waits in the mempool for the same nonce', async () => {
    await stack.anvil('evm_setAutomine', [false])
    await foreignWallet().sendTransaction({
      ...noValue,
      maxFeePerGas: 100_000_000_000n,
      maxPriorityFeePerGas: 100_000_000_000n,
    })
    await start()
    const id = await send()
    await expect
      .poll(() => stack.database.prisma.intent.findUnique({ where: { id } }))
      .toMatchObject({ status: 'submitted' })
    await stack.anvil('evm_setAutomine', [true])
    await stack.anvil('evm_mine')
    await expectDone(id)
  }, 90_000)

  test('behavior: blocks are undone while the next transaction waits: what was in them goes first, at no higher price', async () => {
    await start({ stuckAfterMs: 500 })
    const ids = [await send(), await send(), await send()]
    for (const id of ids) await expectDone(id)
    await stack.anvil('evm_setAutomine', [false])
    const waiting = await send()
    const { prisma } = stack.database
    await expect
      .poll(() => prisma.intent.findUnique({ where: { id: waiting } }))
      .toMatchObject({ status: 'submitted' })
    await undoBlocks(stack.anvil, 2)
    await stack.anvil('evm_mine')
    await expectDone(waiting)
    for (const id of ids) await expectDone(id)
    const { attempts } = await prisma.relayTransaction.findFirstOrThrow({
      where: { intents: { some: { id: waiting } } },
      include: { attempts: true },
    })
    expect(attempts.length).toBeLessThan(4)
  }, 90_000)

  test('behavior: counted 100 too high in the database: the hole is filled with no-ops', async () => {
    const id = await send()
    const key = await takeKey(stack)
    const latest = await countOnChain()
    await storeJob(stack, key, await findBundle(key), { nonce: latest + 100 })
    await start()
    await expectDone(id)
    expect(await countOnChain()).toBe(latest + 101)
    const noops = await stack.database.prisma.relayTransaction.findMany({
      where: { purpose: 'noop', nonce: { gte: latest } },
      include: { attempts: true },
    })
    expect(noops).toHaveLength(100)
    for (const { attempts } of noops) {
      const raw = attempts[0]?.raw as Hex
      const { to, value = 0n, data = '0x' } = parseTransaction(raw)
      const from = await recoverTransactionAddress({
        serializedTransaction: raw as `0x02${string}`,
      })
      expect([to, value, data]).toEqual([from.toLowerCase(), 0n, '0x'])
    }
    await expectDone(await send())
  }, 90_000)

  test('behavior: moved up by 100 on chain', async () => {
    await start()
    await expectDone(await send())
    const nonce = (await countOnChain()) + 100
    await stack.anvil('anvil_setNonce', [relayer().address, nonce])
    await expectDone(await send())
  }, 90_000)

  test('behavior: moved down by 100 on chain, while the worker runs', async () => {
    await start()
    await expectDone(await send())
    const nonce = (await countOnChain()) - 100
    await stack.anvil('anvil_setNonce', [relayer().address, nonce])
    await expectDone(await send())
    await expectDone(await send())
  }, 90_000)

  test('behavior: moved down by 50 on chain, before the worker starts', async () => {
    await start()
    await expectDone(await send())
    const { prisma } = stack.database
    const findPrepared = () =>
      prisma.relayTransaction.count({ where: { state: 'prepared' } })
    await expect.poll(findPrepared, { timeout: 30_000 }).toBe(0)
    await stop()
    const nonce = (await countOnChain()) - 50
    await stack.anvil('anvil_setNonce', [relayer().address, nonce])
    await start()
    await expectDone(await send())
    expect(await countOnChain()).toBe(nonce + 1)
  }, 90_000)

  test('behavior: a gap whose nonces are held by transactions that ended long ago', async () => {
    const id = await send()
    const key = await takeKey(stack)
    const latest = await countOnChain()
    await storeJob(stack, key, null, { nonce: latest })
    await storeJob(stack, key, null, { nonce: latest + 1 })
    await stack.database.prisma.relayTransaction.updateMany({
      where: { signer: key.signer.address, nonce: { gte: latest } },
      data: { state: 'included' },
    })
    await storeJob(stack, key, await findBundle(key), { nonce: latest + 2 })
    await start()
    await expectDone(id)
    expect(await countOnChain()).toBe(latest + 3)
  }, 90_000)

  test('behavior: the node forgets its mempool', async () => {
    await start()
    await expectDone(await send())
    await stack.anvil('evm_setAutomine', [false])
    const id = await send()
    await expect
      .poll(() => stack.database.prisma.intent.findUnique({ where: { id } }))
      .toMatchObject({ status: 'submitted' })
    await stack.anvil('anvil_dropAllTransactions')
    await stack.anvil('evm_setAutomine', [true])
    await expectDone(id)
  }, 90_000)
})

describe('a transaction that cannot be mined', () => {
  async function attemptsOf(id: Hex) {
    const { intents: _, ...row } =
      await stack.database.prisma.relayTransaction.findFirstOrThrow({
        where: { intents: { some: { id } } },
        include: { attempts: { orderBy: { createdAt: 'asc' } }, intents: true },
      })
    return row
  }

  test('security: is replaced up to the cap and never above, then by a no-op; its intents run later, without suspicion', async () => {
    const base = (await stack.client.getBlock()).baseFeePerGas ?? 0n
    const cap = base * 4n + 4_000_000_000n
    process.env.MAX_FEE_PER_GAS_WEI = cap.toString()
    await stack.anvil('evm_setAutomine', [false])
    await start({ stuckAfterMs: 300, giveUpAfterMs: 1_500 })
    const id = await send()
    await expect
      .poll(
        async () => {
          const { attempts, signer } = await attemptsOf(id)
          const last = parseTransaction(attempts.at(-1)?.raw as Hex)
          return last.to === signer.toLowerCase()
        },
        { timeout: 45_000 },
      )
      .toBe(true)
    const { id: transactionId, attempts } = await attemptsOf(id)
    expect(attempts.length).toBeGreaterThan(2)
    for (const [index, attempt] of attempts.entries()) {
      const fee = BigInt(attempt.maxFeePerGas.toFixed())
      expect(fee).toBeLessThanOrEqual(cap)
      const before = attempts[index - 1]
      if (!before) continue
      for (const field of ['maxFeePerGas', 'maxPriorityFeePerGas'] as const)
        expect(
          Number(attempt[field]) / Number(before[field]),
        ).toBeGreaterThanOrEqual(1.125)
    }
    await stack.anvil('evm_mine')
    await stack.anvil('evm_setAutomine', [true])
    await expectDone(id)
    const { prisma } = stack.database
    expect(
      await prisma.relayTransaction.findUnique({
        where: { id: transactionId },
      }),
    ).toMatchObject({ state: 'cancelled', slot: null })
    expect(await prisma.intent.findUnique({ where: { id } })).toMatchObject({
      suspicion: 0,
    })
  }, 90_000)

  test('security: because no node takes it, gives way to a no-op; its intents are suspects', async () => {
    const id = await send()
    const key = await takeKey(stack)
    await storeJob(stack, key, await findBundle(key), { gas: 90_000_000n })
    await start({ giveUpAfterMs: 6_000 })
    await expectDone(id)
    const { prisma } = stack.database
    expect(await prisma.intent.findUnique({ where: { id } })).toMatchObject({
      suspicion: 1,
    })
    expect(
      await prisma.relayTransaction.count({ where: { state: 'cancelled' } }),
    ).toBeGreaterThan(0)
  }, 90_000)

  test('security: because it is passed over, block after block, gives way to a no-op; its intents are suspects', async () => {
    const id = await send()
    const key = await takeKey(stack)
    // Anvil takes it, and leaves it out of every block.
    await storeJob(stack, key, await findBundle(key), { gas: 21_000n })
    await start({ giveUpAfterMs: 3_000, stuckAfterMs: 1_000 })
    const mining = setInterval(() => stack.anvil('evm_mine'), 300)
    await expectDone(id).finally(() => clearInterval(mining))
    const { prisma } = stack.database
    expect(await prisma.intent.findUnique({ where: { id } })).toMatchObject({
      suspicion: 1,
    })
  }, 90_000)

  test('behavior: is answered with an expiry when its time is over', async () => {
    await stack.anvil('evm_setAutomine', [false])
    await start({ stuckAfterMs: 600_000 })
    const id = await send()
    const { prisma } = stack.database
    await expect
      .poll(() => prisma.intent.findUnique({ where: { id } }))
      .toMatchObject({ status: 'submitted' })
    await prisma.intent.update({ where: { id }, data: { expiry: 1 } })
    await expect
      .poll(() => prisma.intent.findUnique({ where: { id } }), {
        timeout: 15_000,
      })
      .toMatchObject({ status: 'rejected', reason: 'intent_expired' })
  }, 30_000)
})
