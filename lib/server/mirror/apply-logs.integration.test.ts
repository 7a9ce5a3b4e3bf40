import type { Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Worker } from '@/lib/server/relay/run-worker'
import { takeKey } from '@/scripts/test/key-at-hand'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { openDatabase } from '../db/database'
import { findReceipt } from '../relay/key/broadcast'
import type { Fence } from '../relay/lease/fence'
import type { RelayContext } from '../relay/relay-context'
import { recordMined } from '../relay/settle/record-ending'
import { findBudgetDrift } from '../sponsor/find-budget-drift'
import { applyLogs, applyReceipt } from './apply-logs'
import type { RawLog } from './parse-logs'
import { readLogsBetween } from './read-blocks'
import { retryConflicts } from './retry-conflicts'
import { undoBlocks } from './undo-blocks'

let stack: RelayStack
let worker: Worker | null = null
let logs: RawLog[]
let first: bigint

beforeAll(async () => {
  stack = await startRelayStack()
  first = await stack.client.getBlockNumber()
  worker = await stack.startWorker()
  const players = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const player = new TestPlayer()
      await player.grant()
      return player
    }),
  )
  for (let turn = 0; turn < 8; turn += 1) {
    const ids = await Promise.all(
      players.map(async (player) => player.send(await player.step())),
    )
    await Promise.all(ids.map((id) => settled(id)))
  }
  const lanes = players.map(async (player) => {
    const inLane = { lane: 2, sequence: 0 }
    return settled(await player.send({ ...(await player.step()), ...inLane }))
  })
  await Promise.all(lanes)
  await worker.stop()
  worker = null
  const head = await stack.client.getBlockNumber()
  logs = await readLogsBetween(stack.context, first + 1n, head)
}, 60_000)
afterAll(async () => {
  await worker?.stop()
  await stack?.stop()
})

/** Everything that events bring about, without the times of this machine's clock. */
async function look() {
  const { pool } = stack.database
  const rows = async (sql: string) => (await pool.query(sql)).rows
  return {
    intents: await rows(
      'SELECT id, status, reason, place, "txHash", "blockNumber" FROM "Intent" ORDER BY id',
    ),
    sessions: await rows(
      'SELECT id, status, cells, "nextSequence", "validUntil", "activatedTxHash" FROM "Session" ORDER BY id',
    ),
    lanes: await rows('SELECT * FROM "SessionLane" ORDER BY "sessionId"'),
    events: await rows(
      'SELECT * FROM "ChainEvent" ORDER BY "blockNumber", "logIndex"',
    ),
    transactions: await rows('SELECT * FROM "RelayTransaction" ORDER BY id'),
    charged: await rows('SELECT sum("gasCharged") FROM "Intent"'),
    reserved: await rows('SELECT id, reserved FROM "GasBudget" ORDER BY id'),
    drift: await findBudgetDrift(stack.database),
  }
}

/** The logs of each transaction, as their receipts have them. */
function receipts(): RawLog[][] {
  const byHash = new Map<string, RawLog[]>()
  for (const log of logs) {
    const own = byHash.get(log.transactionHash) ?? []
    byHash.set(log.transactionHash, [...own, log])
  }
  return [...byHash.values()]
}

/** What a worker does with a receipt. */
async function settle(
  context: RelayContext,
  own: RawLog[],
  fence: Fence,
): Promise<void> {
  const { client, database } = context
  const receipt = await findReceipt(client, [own[0]?.transactionHash as Hex])
  if (!receipt) throw new Error('not mined')
  const transaction = await loadTransaction(receipt.transactionHash)
  if (await applyReceipt(context, { transaction, receipt, fence })) return
  await retryConflicts(() =>
    recordMined(
      ...([database.pool, fence, transaction, receipt] as const),
      ...(['included', true] as const),
    ),
  )
}

async function loadTransaction(hash: Hex) {
  const { transactionId: id } =
    await stack.database.prisma.relayAttempt.findUniqueOrThrow({
      where: { hash },
    })
  const rows = await stack.database.prisma.intent.findMany({
    where: { transactionId: id },
  })
  const intents = rows.map((row) => ({
    ...{ id: row.id as Hex, sessionId: row.sessionId as Hex, gas: row.gas },
    ...{ lane: Number(row.lane), sequence: Number(row.sequence) },
  }))
  return { id, intents }
}

describe('events', () => {
  for (const round of [1, 2, 3])
    test(`behavior: applied by several processes at once, in whatever order, they count once (${round})`, async () => {
      const before = await look()
      await undoBlocks(stack.context, first)
      // The counters were read from the chain at once; here the events have to bring them.
      await stack.database.pool.query(`
        UPDATE "Session" SET cells = '{0,0,0,0,0,0,0,0}', "nextSequence" = 0;
        DELETE FROM "SessionLane"`)
      const undone = await look()
      expect(new Set(undone.intents.map(({ status }) => status))).toEqual(
        new Set(['submitted']),
      )
      expect(undone.charged).toEqual([{ sum: '0' }])
      expect(undone.events.length).toBeLessThan(before.events.length)
      const processes = [0, 1, 2, 3].map(
        (): RelayContext => ({
          ...stack.context,
          database: openDatabase(stack.database.url, 3),
        }),
      )
      const { fence } = await takeKey(stack)
      const shuffled = receipts().sort(() => Math.random() - 0.5)
      await Promise.all(
        processes.map(async (context, index) => {
          // Two read blocks, in steps of their own; two have receipts, in no order, each its half first.
          if (index < 2) {
            const step = 7 + 6 * index
            for (let from = 0; from < logs.length; from += step)
              await applyLogs(context, logs.slice(from, from + step), 'blocks')
            return
          }
          const halves = [shuffled, [...shuffled].reverse()]
          await Promise.all(
            (halves[index - 2] ?? []).map((own) => settle(context, own, fence)),
          )
        }),
      )
      await Promise.all(processes.map(({ database }) => database.close()))
      expect(await look()).toEqual(before)
    }, 60_000)

  test('behavior: a receipt settles its bundle and records what it cost at once; whoever lost the lease records nothing', async () => {
    const before = await look()
    await undoBlocks(stack.context, first)
    const { fence } = await takeKey(stack)
    const lost = { ...fence, fence: fence.fence - 1n }
    const booked: boolean[] = []
    for (const own of receipts()) {
      const receipt = await findReceipt(stack.client, [
        own[0]?.transactionHash as Hex,
      ])
      if (!receipt) throw new Error('not mined')
      const transaction = await loadTransaction(receipt.transactionHash)
      const bill = { transaction, receipt, fence }
      const isLast = booked.length === receipts().length - 1
      if (isLast) {
        const undone = await look()
        expect(
          await applyReceipt(stack.context, { ...bill, fence: lost }),
        ).toBe(false)
        const { charged, transactions } = await look()
        expect({ charged, transactions }).toEqual({
          ...{ charged: undone.charged, transactions: undone.transactions },
        })
      }
      booked.push(await applyReceipt(stack.context, bill))
      if (!booked.at(-1))
        await recordMined(
          ...([stack.database.pool, fence, transaction, receipt] as const),
          ...(['included', true] as const),
        )
    }
    // Those that brought grants are recorded apart, and the one that was settled already.
    expect(booked.filter(Boolean).length).toBeGreaterThan(5)
    expect(booked.at(-1)).toBe(false)
    const { sessions: _, ...after } = await look()
    const { sessions: __, ...expected } = before
    expect(after).toEqual(expected)
  }, 60_000)
})
