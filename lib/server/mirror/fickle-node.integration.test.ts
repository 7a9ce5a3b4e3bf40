import { setTimeout as sleep } from 'node:timers/promises'
import { type Hex, hexToBigInt, numberToHex } from 'viem'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { getWorkerEnv } from '@/lib/config/env'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import { channels } from '@/lib/server/db/channels'
import { type Listener, listen } from '@/lib/server/db/listen'
import { runWorker, type Worker } from '@/lib/server/relay/run-worker'
import {
  type FickleNode,
  startFickleNode,
  type Whim,
} from '@/scripts/test/fickle-node'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'

let stack: RelayStack
let node: FickleNode
let worker: Worker
let listener: Listener
const news: RelayEvent[] = []

beforeAll(async () => {
  stack = await startRelayStack()
  node = await startFickleNode(getWorkerEnv().RPC_URL)
  worker = await runWorker({ ...getWorkerEnv(), RPC_URL: node.url })
  listener = listen(stack.database.url, [channels.event], (_, payload) =>
    news.push(...(JSON.parse(payload) as RelayEvent[])),
  )
})
afterEach(() => {
  node.whim = (request, ask) => ask(request)
})
afterAll(async () => {
  await listener?.close()
  await worker?.stop()
  await node?.close()
  await stack?.stop()
})

/** Plays while the node has this whim; the statuses that browsers were told. */
async function playUnder(whim: Whim): Promise<string[]> {
  const player = new TestPlayer()
  await player.grant()
  await settled(await player.send(await player.step()))
  news.length = 0
  node.whim = whim
  const ids: Hex[] = []
  for (let move = 0; move < 25; move += 1) {
    ids.push(await player.send(await player.step()))
    await sleep(60)
  }
  for (const id of ids) await settled(id)
  await sleep(1_500)
  node.whim = (request, ask) => ask(request)
  await expect
    .poll(
      async () => {
        const head = await stack.client.getBlock()
        const { prisma } = stack.database
        const block = await prisma.mirrorBlock.findFirst({
          orderBy: { number: 'desc' },
        })
        return block?.hash === head.hash
      },
      { timeout: 10_000 },
    )
    .toBe(true)
  const session = await stack.database.prisma.session.findUniqueOrThrow({
    where: { id: player.sessionId },
  })
  expect(session.nextSequence).toBe(26n)
  return news.flatMap((event) => ('status' in event ? [event.status] : []))
}

async function headOf(ask: Parameters<Whim>[1]): Promise<bigint> {
  const head = await ask({ id: 1, method: 'eth_blockNumber', params: [] })
  return hexToBigInt(head as Hex)
}

describe('a node that is several', () => {
  test('behavior: heads that go back and forth undo nothing', async () => {
    let asked = 0
    const told = await playUnder(async (request, ask) => {
      asked += 1
      const { method, params } = request
      const isLate = asked % 2 === 0
      if (!isLate || method !== 'eth_getBlockByNumber') return ask(request)
      const late = (await headOf(ask)) - 3n
      const [block] = params as [Hex | 'latest']
      if (block === 'latest')
        return ask({ ...request, params: [numberToHex(late), false] })
      const isThere = block.startsWith('0x') && hexToBigInt(block) <= late
      return isThere ? ask(request) : null
    })
    expect(new Set(told)).toEqual(new Set(['confirmed']))
  }, 60_000)

  test('behavior: another block at a height, shown once in a while, undoes nothing', async () => {
    let asked = 0
    let shown = 0
    const told = await playUnder(async (request, ask) => {
      const answer = await ask(request)
      const [block] = request.params as [string]
      if (request.method !== 'eth_getBlockByNumber' || block === 'finalized')
        return answer
      asked += 1
      if (asked % 7 !== 0 || answer === null) return answer
      shown += 1
      return { ...answer, hash: `0x${'0b'.repeat(32)}` }
    })
    expect(shown).toBeGreaterThan(3)
    expect(new Set(told)).toEqual(new Set(['confirmed']))
  }, 60_000)

  test('behavior: logs of blocks that the node does not have yet are asked for until it has them', async () => {
    let refused = 0
    const told = await playUnder(async (request, ask) => {
      if (request.method !== 'eth_getLogs' || refused >= 12) return ask(request)
      refused += 1
      throw new Error('unknown block')
    })
    expect(refused).toBe(12)
    expect(new Set(told)).toEqual(new Set(['confirmed']))
    const blocks = await stack.database.prisma.chainEvent.findMany({
      distinct: ['blockNumber'],
    })
    expect(blocks.length).toBeGreaterThan(10)
  }, 60_000)
})
