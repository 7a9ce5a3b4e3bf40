import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from 'viem'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findBundle, storeJob, takeKey } from '@/scripts/test/key-at-hand'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { logger } from '../../log/logger'
import { rejectQueued } from '../bundle/reject-queued'
import type { Receipt } from '../key/broadcast'
import { freeNonces } from '../key/held-nonces'
import {
  loadPrepared,
  storeAttempt,
  storeTransaction,
} from '../key/store-transaction'
import type { Worker } from '../run-worker'
import { recordDropped, recordMined } from '../settle/record-ending'
import { releaseWork } from '../settle/release-work'
import { LeaseLost, raiseFence } from './fence'

let stack: RelayStack
let workers: Worker[] = []
let children: ChildProcess[] = []

beforeAll(async () => {
  stack = await startRelayStack()
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await Promise.all(workers.map((worker) => worker.stop()))
  workers = []
  children = []
  await stack.anvil('evm_setAutomine', [true])
})
afterAll(() => stack?.stop())

async function newPlayer(): Promise<TestPlayer> {
  const player = new TestPlayer()
  await player.grant()
  return player
}

async function startWorker(): Promise<Worker> {
  const worker = await stack.startWorker()
  workers.push(worker)
  return worker
}

/** A worker as a process of its own, which can be stopped and killed. */
function spawnWorker(): ChildProcess {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'scripts/worker.ts'],
    { env: process.env, stdio: 'ignore' },
  )
  children.push(child)
  return child
}

/** Leases held, by connection. */
async function countHeld(): Promise<number[]> {
  const { rows } = await stack.database.pool.query<{ held: number }>(
    `SELECT count(*)::int AS held FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted
     GROUP BY pid ORDER BY 1 DESC`,
  )
  return rows.map(({ held }) => held)
}

const waitForHeld = (held: number[], timeout = 60_000) =>
  expect.poll(countHeld, { timeout, interval: 50 }).toEqual(held)

/** Everything of the relay that a worker writes, as it stands. */
async function readAll(): Promise<unknown> {
  const { rows } = await stack.database.pool.query(
    `SELECT (SELECT json_agg(t ORDER BY id) FROM "RelayTransaction" t) AS transactions,
       (SELECT json_agg(a ORDER BY hash) FROM "RelayAttempt" a) AS attempts,
       (SELECT json_agg(i ORDER BY id) FROM "Intent" i) AS intents`,
  )
  return rows
}

// Guarantee: of two workers that both believe to hold a key, only the one that took it last writes for it.
describe('a worker whose lease was taken over', () => {
  test('security: writes nothing more for the key, whatever it was about to write', async () => {
    const player = await newPlayer()
    await player.send(await player.step())
    const key = await takeKey(stack)
    await storeJob(stack, key, await findBundle(key))
    const second = await newPlayer()
    await second.send(await second.step())
    const job = await findBundle(key)
    const [stored] = await loadPrepared(stack.database, key.signer.address)
    const attempt = stored?.attempts[0]
    if (!stored || !attempt) throw new Error('nothing stored')
    await raiseFence(stack.database.pool, key.fence.name, 'another')

    const before = await readAll()
    const { database } = stack
    const other = { ...attempt, hash: `0x${'11'.repeat(32)}` as Hex }
    const place = { signer: key.signer.address, nonce: 999 }
    const receipt: Receipt = {
      ...{ transactionHash: attempt.hash, blockNumber: 1n, gasUsed: 1n },
      ...{ blockHash: '0x', effectiveGasPrice: 1n, logs: [] },
      status: 'success',
    }
    const dead = job.intents.map(({ id }) => ({
      ...{ id, sessionId: second.sessionId, lane: 0, sequence: 0 },
      reason: 'internal',
    }))
    const { fence } = key
    const client = await database.pool.connect()
    const writes = [
      () => storeTransaction(database, fence, place, job, other),
      () => storeTransaction(database, fence, place, null, other),
      () => storeAttempt(database, fence, stored.id, other),
      () => recordMined(client, fence, stored, receipt, 'included', true),
      () => recordMined(client, fence, stored, receipt, 'cancelled', true),
      () => recordDropped(client, fence, stored.id),
      () => rejectQueued(database, fence, dead),
      () => freeNonces(database, fence, key.signer.address, 0),
    ]
    for (const write of writes) await expect(write()).rejects.toThrow(LeaseLost)
    await releaseWork(client, fence, stored.id, null)
    client.release()
    expect(await readAll()).toEqual(before)

    await startWorker()
    for (const { id } of [...stored.intents, ...job.intents])
      expect((await settled(id)).status).toBe('confirmed')
  })

  test('behavior: waits with its takeover until a write that had begun is done', async () => {
    const { fence, signer } = await takeKey(stack)
    const client = await stack.database.pool.connect()
    await client.query('BEGIN')
    await client.query(
      'SELECT 1 FROM "RelayLease" WHERE name = $1 AND fence = $2 FOR SHARE',
      [fence.name, fence.fence.toString()],
    )
    let isTaken = false
    const taking = raiseFence(stack.database.pool, fence.name, 'x').then(() => {
      isTaken = true
    })
    await sleep(200)
    expect(isTaken).toBe(false)
    await client.query('COMMIT')
    client.release()
    await taking
    await expect(
      freeNonces(stack.database, fence, signer.address, 0),
    ).rejects.toThrow(LeaseLost)
  })

  test('security: cut off from its leases while it runs, it goes on under new ones, and does nothing twice', async () => {
    const player = await newPlayer()
    await startWorker()
    const ids: Hex[] = []
    for (let turn = 0; turn < 40; turn += 1) {
      ids.push(await player.send(await player.step()))
      if (turn % 10 === 5)
        await stack.database.pool.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'playkey-worker-lease'`,
        )
      await sleep(20)
    }
    for (const id of ids) expect((await settled(id)).status).toBe('confirmed')
    const row = await stack.database.prisma.session.findUniqueOrThrow({
      where: { id: player.sessionId },
    })
    expect(row.nextSequence).toBe(40n)
  }, 120_000)

  test('security: hung with a transaction under way, others take over; woken up, it writes nothing', async () => {
    const player = await newPlayer()
    const child = spawnWorker()
    await waitForHeld([5])
    await settled(await player.send(await player.step()))
    await stack.anvil('evm_setAutomine', [false])
    const id = await player.send(await player.step())
    const { prisma } = stack.database
    const findTransaction = () =>
      prisma.relayTransaction.findFirst({
        where: { intents: { some: { id } } },
        include: { attempts: true },
      })
    await expect.poll(findTransaction, { timeout: 10_000 }).not.toBeNull()
    child.kill('SIGSTOP')
    await startWorker()
    // It is silent for so long that its leases are taken from it.
    await waitForHeld([5])
    await expect
      .poll(
        async () => (await findHolder(stack))?.includes(`:${process.pid}:`),
        {
          timeout: 20_000,
        },
      )
      .toBe(true)
    await stack.anvil('evm_mine')
    expect((await settled(id)).status).toBe('confirmed')
    await expect
      .poll(async () => (await findTransaction())?.state)
      .toBe('included')
    const before = await findTransaction()
    child.kill('SIGCONT')
    await sleep(1_000)
    expect(await findTransaction()).toEqual(before)
    await stack.anvil('evm_setAutomine', [true])
    const next = await player.send(await player.step())
    expect((await settled(next)).status).toBe('confirmed')
  }, 120_000)
})

async function findHolder({ database }: RelayStack) {
  const row = await database.prisma.relayLease.findUnique({
    where: { name: 'mirror' },
  })
  return row?.holder
}

describe('several workers', () => {
  test('behavior: share the leases, move when one comes, and take over within 2 s when one is killed', async () => {
    const child = spawnWorker()
    await waitForHeld([5])
    await startWorker()
    await waitForHeld([3, 2])
    const players = await Promise.all([1, 2, 3, 4].map(newPlayer))
    for (const player of players)
      expect(
        (await settled(await player.send(await player.step()))).status,
      ).toBe('confirmed')
    child.kill('SIGKILL')
    const killedMs = performance.now()
    await waitForHeld([5])
    const tookMs = performance.now() - killedMs
    logger.info({ tookMs: Math.round(tookMs) }, 'another worker took over')
    expect(tookMs).toBeLessThan(2_000)
    for (const player of players)
      expect(
        (await settled(await player.send(await player.step()))).status,
      ).toBe('confirmed')
  }, 120_000)

  test('behavior: stop in order within 5 s, with a transaction that nobody mines, and lose nothing', async () => {
    const player = await newPlayer()
    const worker = await startWorker()
    await settled(await player.send(await player.step()))
    await stack.anvil('evm_setAutomine', [false])
    const id = await player.send(await player.step())
    const read = () =>
      stack.database.prisma.intent.findUniqueOrThrow({ where: { id } })
    await expect.poll(async () => (await read()).status).toBe('submitted')
    const later = await player.send(await player.step())
    const stoppedMs = performance.now()
    await worker.stop()
    workers = []
    expect(performance.now() - stoppedMs).toBeLessThan(5_000)
    expect(await countHeld()).toEqual([])
    await stack.anvil('evm_setAutomine', [true])
    await startWorker()
    for (const each of [id, later])
      expect((await settled(each)).status).toBe('confirmed')
  })
})
