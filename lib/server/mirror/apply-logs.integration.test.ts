import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Worker } from '@/lib/server/relay/run-worker'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { openDatabase } from '../db/database'
import type { RelayContext } from '../relay/relay-context'
import { applyLogs } from './apply-logs'
import type { RawLog } from './parse-logs'
import { readLogsBetween } from './read-blocks'
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
    reserved: await rows('SELECT id, reserved FROM "GasBudget" ORDER BY id'),
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
      expect(undone.events.length).toBeLessThan(before.events.length)
      const processes = [0, 1, 2, 3].map(
        (): RelayContext => ({
          ...stack.context,
          database: openDatabase(stack.database.url, 3),
        }),
      )
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
            (halves[index - 2] ?? []).map((own) =>
              applyLogs(context, own, 'own'),
            ),
          )
        }),
      )
      await Promise.all(processes.map(({ database }) => database.close()))
      expect(await look()).toEqual(before)
    }, 60_000)
})
