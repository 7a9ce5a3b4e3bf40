import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { getWorkerEnv } from '@/lib/config/env'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import { channels } from '@/lib/server/db/channels'
import { type Listener, listen } from '@/lib/server/db/listen'
import { getCallsStatus } from '@/lib/server/http/rpc/get-calls-status'
import { findTransactionView } from '@/lib/server/relay/get-transaction'
import { runWorker, type Worker } from '@/lib/server/relay/run-worker'
import { listIntents } from '@/lib/server/session/list-intents'
import { getSessionView } from '@/lib/server/session/list-sessions'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'

let stack: RelayStack
let worker: Worker | null = null
let listener: Listener
const finals: number[] = []

beforeAll(async () => {
  stack = await startRelayStack()
  listener = listen(stack.database.url, [channels.event], (_, payload) => {
    for (const event of JSON.parse(payload) as RelayEvent[])
      if (event.type === 'final') finals.push(event.blockNumber)
  })
})
afterEach(async () => {
  await worker?.stop()
  worker = null
})
afterAll(async () => {
  await listener?.close()
  await stack?.stop()
})

async function startWorker(finalityBlocks: number | undefined): Promise<void> {
  const env = { ...getWorkerEnv(), FINALITY_BLOCKS: finalityBlocks }
  worker = await runWorker(env)
}

async function stageOf(id: Hex) {
  return (await getCallsStatus([id])).capabilities.playkey.stage
}

async function finalNumber(): Promise<bigint> {
  const head = await stack.database.prisma.chainHead.findUniqueOrThrow({
    where: { id: 1 },
  })
  return head.finalNumber
}

describe('finality', () => {
  test('behavior: queued, submitted, included and final are told apart everywhere', async () => {
    const player = new TestPlayer()
    await player.grant()
    const id = await player.send(await player.step())
    expect(await stageOf(id)).toBe('queued')
    expect((await getCallsStatus([id])).status).toBe(100)
    await stack.anvil('evm_setAutomine', [false])
    await startWorker(3)
    await expect.poll(() => stageOf(id), { timeout: 10_000 }).toBe('submitted')
    await stack.anvil('evm_setAutomine', [true])
    await stack.anvil('evm_mine')
    const { txHash } = await settled(id)
    const block = Number((await settled(id)).blockNumber)
    expect(await stageOf(id)).toBe('included')
    expect((await getCallsStatus([id])).status).toBe(200)
    const session = await getSessionView(player.sessionId)
    expect(session.intents).toMatchObject({ confirmed: 1, included: 1 })
    expect((await listIntents(player.sessionId))[0]?.stage).toBe('included')
    expect((await findTransactionView(txHash as Hex))?.isFinal).toBe(false)
    finals.length = 0
    while ((await stack.client.getBlockNumber()) < BigInt(block + 2))
      await stack.anvil('evm_mine')
    await sleep(700)
    expect(await stageOf(id)).toBe('included')
    await stack.anvil('evm_mine')
    await expect.poll(() => stageOf(id), { timeout: 5_000 }).toBe('final')
    expect((await getCallsStatus([id])).status).toBe(200)
    expect((await listIntents(player.sessionId))[0]?.stage).toBe('final')
    expect((await findTransactionView(txHash as Hex))?.isFinal).toBe(true)
    expect((await getSessionView(player.sessionId)).intents.included).toBe(0)
    // Told once per block, and not once per intent.
    await expect.poll(() => finals.at(-1)).toBe(block)
    expect(new Set(finals).size).toBe(finals.length)
  }, 60_000)

  test('behavior: what is final stays final when the worker is told to wait longer', async () => {
    await startWorker(0)
    await stack.anvil('anvil_mine', ['0x5'])
    const head = await stack.client.getBlockNumber()
    await expect.poll(finalNumber, { timeout: 10_000 }).toBe(head)
    await worker?.stop()
    await startWorker(1_000)
    await stack.anvil('evm_mine')
    const { prisma } = stack.database
    await expect
      .poll(() => prisma.mirrorBlock.count({ where: { number: head + 1n } }), {
        timeout: 10_000,
      })
      .toBe(1)
    expect(await finalNumber()).toBe(head)
  }, 60_000)

  test('behavior: without a number of blocks the node says what is final', async () => {
    await startWorker(undefined)
    await stack.anvil('anvil_mine', ['0x60'])
    const { number } = await stack.client.getBlock({ blockTag: 'finalized' })
    expect(number).toBeGreaterThan(20n)
    await expect.poll(finalNumber, { timeout: 10_000 }).toBe(number)
  }, 60_000)
})
