import type { Hex } from 'viem'
import { createWalletClient, http } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { getWorkerEnv } from '@/lib/config/env'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import type { Worker } from '@/lib/server/relay/run-worker'
import { findBudgetDrift } from '@/lib/server/sponsor/find-budget-drift'
import { type ShopStack, startShopStack } from '@/scripts/test/shop-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { undoBlocks } from '@/scripts/test/undo-blocks'

/** Intents that had the same place one after the other, in blocks that are undone. */
const PHRASE = 'test test test test test test test test test test test junk'
const policyOwner = mnemonicToAccount(PHRASE, { addressIndex: 1 })

let stack: ShopStack
let worker: Worker | null = null

beforeAll(async () => {
  stack = await startShopStack()
})
afterEach(stopWorker)
afterAll(async () => stack?.stop())

async function startWorker(): Promise<void> {
  worker ??= await stack.startWorker()
}

async function stopWorker(): Promise<void> {
  await worker?.stop()
  worker = null
}

/** A player whose session is on chain, and no worker. */
async function newPlayer(): Promise<TestPlayer> {
  const player = new TestPlayer()
  await player.grant(36_000)
  await startWorker()
  await settled(await player.send(await player.step()))
  await inStep()
  await stopWorker()
  return player
}

/** An intent that the relay admits and the chain refuses, for its signature was spoilt in between. */
async function sendSpoilt(player: TestPlayer): Promise<Hex> {
  const { sequence } = player
  const id = await player.send(await player.step())
  await stack.database.pool.query(
    `UPDATE "Intent" SET packed = set_byte(packed, 40, get_byte(packed, 40) # 1) WHERE id = $1`,
    [id],
  )
  await startWorker()
  expect((await settled(id)).status).toBe('rejected')
  await stopWorker()
  player.sequence = sequence
  return id
}

async function inStep(): Promise<void> {
  const check = async () => {
    const head = await stack.client.getBlock()
    const block = await stack.database.prisma.mirrorBlock.findUnique({
      where: { number: head.number },
    })
    return block?.hash === head.hash
  }
  await expect.poll(check, { timeout: 15_000 }).toBe(true)
}

/** Undoes blocks; what strangers did in them never comes again. */
function undo(depth: number): Promise<void> {
  return undoBlocks(stack.anvil, depth)
}

/** The policy's owner speaks, before anybody else whose transaction waits. */
async function owner(
  functionName: 'pause' | 'unpause',
  policyId: Hex,
): Promise<void> {
  await createWalletClient({
    account: policyOwner,
    transport: http(getWorkerEnv().RPC_URL),
  }).writeContract({
    ...{ chain: null, address: sessionManagerAddress, abi: sessionManagerAbi },
    ...{ functionName, args: [policyId], gas: 200_000n },
    ...{ maxPriorityFeePerGas: 20_000_000_000n, maxFeePerGas: 50_000_000_000n },
  })
}

function load(id: Hex) {
  return stack.database.prisma.intent.findUniqueOrThrow({ where: { id } })
}

/** Waits until all that is in the database is settled, in blocks that the chain has. */
async function ended(ids: readonly Hex[]): Promise<object[]> {
  const { prisma } = stack.database
  const loadAll = () =>
    prisma.intent.findMany({
      where: { id: { in: [...ids] } },
      orderBy: { queuedAt: 'asc' },
    })
  const areOver = async () =>
    (await loadAll()).every(({ blockNumber }) => blockNumber !== null)
  await expect.poll(areOver, { timeout: 20_000 }).toBe(true)
  await inStep()
  expect(await findBudgetDrift(stack.database)).toEqual([])
  const rows = await loadAll()
  return rows.map(({ status, reason }) => ({ status, reason }))
}

/** Lets the worker notice that blocks have gone. */
async function taken(ids: readonly Hex[]): Promise<void> {
  await startWorker()
  const { prisma } = stack.database
  const where = { id: { in: [...ids] }, blockNumber: null }
  const count = () => prisma.intent.count({ where })
  await expect.poll(count, { timeout: 15_000, interval: 10 }).toBeGreaterThan(0)
}

const refused = { status: 'rejected', reason: 'invalid_signature' }
const confirmed = { status: 'confirmed', reason: null }

describe('one place, several intents', () => {
  test('behavior: two that the chain refused come back, are refused again, and nothing stands still', async () => {
    const player = await newPlayer()
    const ids = [await sendSpoilt(player), await sendSpoilt(player)]
    await undo(2)
    await taken(ids)
    expect(await ended(ids)).toEqual([refused, refused])
    const id = await player.send(await player.step())
    expect((await settled(id)).status).toBe('confirmed')
  }, 60_000)

  test('behavior: one that was refused and one that was executed come back to what they were', async () => {
    const player = await newPlayer()
    const ids = [await sendSpoilt(player)]
    await startWorker()
    ids.push(await player.send(await player.step()))
    await settled(ids[1] as Hex)
    await inStep()
    await stopWorker()
    await undo(2)
    await taken(ids)
    expect(await ended(ids)).toEqual([refused, confirmed])
  }, 60_000)

  test('behavior: a refused one that the new branch executes is confirmed, and the one after it is not', async () => {
    const player = await newPlayer()
    const policyId = player.session?.policyId as Hex
    const step = await player.step()
    const first = await player.send(step)
    await stack.anvil('evm_setAutomine', [false])
    await startWorker()
    const sent = async () => (await load(first)).status
    await expect.poll(sent).toBe('submitted')
    await owner('pause', policyId)
    await stack.anvil('evm_mine', [])
    await stack.anvil('evm_setAutomine', [true])
    const refusal = { status: 'rejected', reason: 'policy_paused' }
    expect(await settled(first)).toMatchObject(refusal)
    expect((await load(first)).blockNumber).not.toBeNull()
    await inStep()
    await stopWorker()
    await owner('unpause', policyId)
    // Players are given an hour before it holds.
    await stack.anvil('evm_increaseTime', [3_700])
    await stack.anvil('evm_mine', [])
    await startWorker()
    await inStep()
    const { sequence } = step
    const second = await player.send(
      await player.move(0, { calls: step.calls, sequence }),
    )
    expect((await settled(second)).status).toBe('confirmed')
    await inStep()
    await stopWorker()
    await undo(5)
    await taken([first, second])
    expect(await ended([first, second])).toMatchObject([
      confirmed,
      { status: 'rejected' },
    ])
  }, 60_000)
})
