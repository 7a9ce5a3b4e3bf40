import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { createWalletClient, encodeFunctionData, type Hex, http } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { getWorkerEnv } from '@/lib/config/env'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { encodeSections } from '@/lib/intent/encode-bundle'
import { encodeIntent } from '@/lib/intent/encode-intent'
import { encodeTable } from '@/lib/permission/encode-table'
import { loadActor } from '@/lib/server/auth/load-actor'
import type { Worker } from '@/lib/server/relay/run-worker'
import { demoPeople } from '@/lib/server/seed/seed-demo'
import { revokeSession } from '@/lib/server/session/revoke-session'
import { pausePolicy } from '@/lib/server/studio/pause-policy'
import {
  payment,
  type ShopStack,
  startShopStack,
} from '@/scripts/test/shop-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { undoBlocks } from '@/scripts/test/undo-blocks'
import { PAUSED_FOR_EVER } from './apply-event'
import { rebuild } from './rebuild'

let stack: ShopStack
let worker: Worker | null = null
let played: TestPlayer

const PHRASE = 'test test test test test test test test test test test junk'
const stranger = mnemonicToAccount(PHRASE, { addressIndex: 6 })

beforeAll(async () => {
  stack = await startShopStack()
  worker = await stack.startWorker()
  await playHistory()
  await quiet()
  await worker.stop()
  worker = null
}, 180_000)
afterAll(async () => {
  await worker?.stop()
  await stack?.stop()
})

async function newPlayer(wallet?: TestPlayer['wallet']): Promise<TestPlayer> {
  const player = new TestPlayer(wallet)
  await player.grant()
  return player
}

async function play(player: TestPlayer, moves: number): Promise<void> {
  for (let move = 0; move < moves; move += 1)
    await settled(await player.send(await player.step()))
}

/** Something of everything that can happen to sessions, policies and intents. */
async function playHistory(): Promise<void> {
  played = await newPlayer()
  await play(played, 3)
  await played.renew(7_200)
  await play(played, 2)
  const { sequence } = played
  const inLane = { lane: 4, sequence: 0 }
  await settled(await played.send(await played.step(inLane)))
  played.sequence = sequence
  await settled(await played.send(await payment(played, 5n, 0n)))

  // Rotation: another key of the same player, and the first session ends with the same signature.
  const before = await newPlayer()
  await play(before, 1)
  const after = new TestPlayer(before.wallet)
  await after.grant(3_600, [before.sessionId])
  await play(after, 1)

  for (const by of ['owner', 'key'] as const) {
    const player = await newPlayer()
    await play(player, 1)
    const signature = await player.signRevocation(by)
    await revokeSession({ sessionId: player.sessionId, by, signature })
    await revoked(player)
  }
  await beRevokedByAll()
  await pauseAndUnpause()
  await playElsewhere()

  const poor = await newPlayer()
  // The account owns nothing that it could pay with.
  await settled(await poor.send(await payment(poor, 60n, 1n)))
  await beRefused()
  const waiting = await newPlayer()
  expect(waiting.sessionId).not.toBe('0x')
}

async function waitUntil(holds: () => Promise<boolean>): Promise<void> {
  const check = async () => expect(await holds()).toBe(true)
  await vi.waitFor(check, { timeout: 15_000, interval: 20 })
}

function revoked({ sessionId: id }: TestPlayer): Promise<void> {
  const { session } = stack.database.prisma
  return waitUntil(async () => {
    const row = await session.findUniqueOrThrow({ where: { id } })
    return row.status === 'revoked'
  })
}

/** An account that ends all its sessions by itself. */
async function beRevokedByAll(): Promise<void> {
  const player = await newPlayer()
  await play(player, 1)
  await stack.anvil('anvil_impersonateAccount', [player.account])
  await stack.anvil('anvil_setBalance', [player.account, '0x8ac7230489e80000'])
  await wallet(player.account).writeContract({
    ...{ chain: null, address: sessionManagerAddress },
    ...{ abi: sessionManagerAbi, functionName: 'revokeAll' },
  })
  await revoked(player)
}

function wallet(account: Parameters<typeof createWalletClient>[0]['account']) {
  return createWalletClient({
    ...(account ? { account } : {}),
    transport: http(getWorkerEnv().RPC_URL),
  }) as ReturnType<typeof createWalletClient> & {
    writeContract(request: object): Promise<Hex>
    sendTransaction(request: object): Promise<Hex>
  }
}

async function pauseAndUnpause(): Promise<void> {
  const { prisma } = stack.database
  const user = await prisma.user.findUniqueOrThrow({
    where: { address: demoPeople.studio },
  })
  const actor = await loadActor(stack.database, user.id)
  if (!actor) throw new Error('no studio')
  // The first version, which nobody plays any more.
  const { id } = await prisma.policy.findFirstOrThrow({ where: { version: 1 } })
  const untilPaused = (isForEver: boolean) =>
    waitUntil(async () => {
      const policy = await prisma.policy.findUniqueOrThrow({ where: { id } })
      return (policy.pausedUntil === BigInt(PAUSED_FOR_EVER)) === isForEver
    })
  await pausePolicy(actor, id as Hex)
  await untilPaused(true)
  const owner = mnemonicToAccount(PHRASE, { addressIndex: 1 })
  await wallet(owner).writeContract({
    ...{ chain: null, address: sessionManagerAddress },
    ...{ abi: sessionManagerAbi, functionName: 'unpause', args: [id] },
  })
  await untilPaused(false)
}

/** A stranger submits what the key has signed: once our very intent, once another one. */
async function playElsewhere(): Promise<void> {
  const player = await newPlayer()
  await play(player, 1)
  await worker?.stop()
  const ours = await player.step()
  // A signature is another one each time; the stranger has seen ours.
  const signature = player.signIntent(ours)
  const sign = vi.spyOn(player, 'signIntent').mockReturnValue(signature)
  const id = await player.send(ours)
  await submitElsewhere(player, ours)
  sign.mockRestore()
  const taken = await player.step()
  const rejected = await player.send(taken)
  await submitElsewhere(player, { ...taken, expiry: taken.expiry - 1 })
  worker = await stack.startWorker()
  expect((await settled(id)).reason).toBe('executed_elsewhere')
  expect((await settled(rejected)).reason).toBe('sequence_used')
}

async function submitElsewhere(
  player: TestPlayer,
  intent: Awaited<ReturnType<TestPlayer['step']>>,
): Promise<void> {
  const { session } = player
  if (!session) throw new Error('no session')
  const signed = { intent, signature: player.signIntent(intent) }
  const packed = encodeIntent(signed, session.terms.permissions)
  const items = [{ ...session, intent: packed }]
  const table = encodeTable(session.terms)
  const sections = encodeSections([{ ...session, table, items }])
  await wallet(stranger).sendTransaction({
    chain: null,
    to: sessionManagerAddress,
    data: encodeFunctionData({
      ...{ abi: sessionManagerAbi, functionName: 'execute' },
      args: [sections],
    }),
  })
}

/** A grant that the chain refuses, and so the intent that it travels with. */
async function beRefused(): Promise<void> {
  const player = await newPlayer()
  const { prisma } = stack.database
  const other = await prisma.sessionGrant.findFirstOrThrow({
    where: { sessionId: played.sessionId },
  })
  await prisma.sessionGrant.updateMany({
    where: { sessionId: player.sessionId },
    data: { signature: other.signature },
  })
  const row = await settled(await player.send(await player.step()))
  expect(row.status).toBe('rejected')
}

/** Waits until the mirror has read everything. */
function quiet(): Promise<void> {
  return waitUntil(async () => {
    const { number, hash } = await stack.client.getBlock()
    const block = await stack.database.prisma.mirrorBlock.findUnique({
      where: { number },
    })
    return block?.hash === hash
  })
}

/** What the clock of this machine alone knows; and numbers that only ever rise. */
const excepted = new Set([
  ...['settledAt', 'activatedAt', 'revokedAt', 'deployedAt', 'lastActivityAt'],
  ...['seenAt', 'admitVersion', 'takenAt', 'fence', 'holder'],
])
const tables = {
  Account: 'address',
  Session: 'id',
  SessionGrant: '"sessionId", "validUntil"',
  SessionLane: '"sessionId", lane',
  SessionMeter: '"sessionId", index',
  Intent: 'id',
  Policy: 'id',
  ChainEvent: '"blockNumber", "logIndex"',
  ChainHead: 'id',
  GasBudget: 'id',
  RelayTransaction: 'id',
  RelayTask: 'id',
}

async function snapshot(): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {}
  for (const [table, order] of Object.entries(tables)) {
    const { rows } = await stack.database.pool.query(
      `SELECT * FROM "${table}" ORDER BY ${order}`,
    )
    found[table] = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([column, value]) =>
          // Whether there is a time is the chain's to say, only which is not.
          excepted.has(column) ? [column, value !== null] : [column, value],
        ),
      ),
    )
    for (const row of found[table] as Record<string, unknown>[]) {
      for (const column of ['lastActivityAt', 'seenAt']) delete row[column]
      // Of an intent that was never queued here, that is when it was seen.
      if (table === 'Intent' && row.packed === null) delete row.queuedAt
    }
  }
  return found
}

/** Forgets everything that the chain decides. */
async function wipe(): Promise<void> {
  await stack.database.pool.query(`
    TRUNCATE "ChainEvent", "MirrorBlock", "SessionLane", "SessionMeter";
    DELETE FROM "Intent" WHERE packed IS NULL;
    UPDATE "Intent" SET place = NULL WHERE "blockNumber" IS NOT NULL;
    UPDATE "Intent" SET status = 'submitted', reason = NULL, "txHash" = NULL, "settledAt" = NULL, "blockNumber" = NULL
      WHERE "blockNumber" IS NOT NULL;
    UPDATE "SessionGrant" SET error = NULL;
    UPDATE "Session" s SET status = 'pending', cells = '{0,0,0,0,0,0,0,0}', "nextSequence" = 0,
      "validUntil" = (SELECT min("validUntil") FROM "SessionGrant" g WHERE g."sessionId" = s.id),
      "activatedAt" = NULL, "activatedTxHash" = NULL, "revokedAt" = NULL, "revokedTxHash" = NULL, "revokedBy" = NULL;
    UPDATE "Account" SET "deployedAt" = NULL;
    UPDATE "Policy" SET status = 'publishing', "publishedTxHash" = NULL, "pausedUntil" = 0`)
}

describe('rebuild', () => {
  test('behavior: what is right stays as it is', async () => {
    const before = await snapshot()
    const { corrections } = await rebuild(stack.context)
    expect(Object.values(corrections)).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
    expect(await snapshot()).toEqual(before)
  }, 60_000)

  test('behavior: everything that the chain decides is there again after it was forgotten', async () => {
    const before = await snapshot()
    const statuses = new Set(
      before.Intent?.map((row) => (row as { status: string }).status),
    )
    expect(statuses).toEqual(new Set(['confirmed', 'reverted', 'rejected']))
    const names = new Set(
      before.ChainEvent?.map((row) => (row as { name: string }).name),
    )
    expect(names.size).toBe(9)
    await wipe()
    expect(await snapshot()).not.toEqual(before)
    await rebuild(stack.context)
    expect(await snapshot()).toEqual(before)
  }, 60_000)

  test('behavior: one that was killed has changed nothing, and the next one does it all', async () => {
    const before = await snapshot()
    await wipe()
    const wiped = await snapshot()
    for (const afterMs of [1_500, 2_500, 3_500]) {
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', 'scripts/rebuild.ts'],
        { env: process.env, stdio: 'ignore' },
      )
      await sleep(afterMs)
      child.kill('SIGKILL')
      const now = await snapshot()
      // It was quicker than the kill, or has changed nothing.
      if (now.ChainEvent?.length === 0) expect(now).toEqual(wiped)
    }
    await rebuild(stack.context)
    expect(await snapshot()).toEqual(before)
  }, 60_000)

  test('behavior: what the chain has lost is on its way again, and comes to its end', async () => {
    worker = await stack.startWorker()
    const id = await played.send(await played.step())
    expect((await settled(id)).status).toBe('confirmed')
    await quiet()
    await worker.stop()
    worker = null
    await undoBlocks(stack.anvil, 1)
    await rebuild(stack.context)
    const where = { id }
    const row = await stack.database.prisma.intent.findUniqueOrThrow({
      ...{ where, include: { transaction: true } },
    })
    expect(row).toMatchObject({
      ...{ status: 'submitted', blockNumber: null },
      transaction: { state: 'prepared' },
    })
    worker = await stack.startWorker()
    expect((await settled(id)).status).toBe('confirmed')
    await quiet()
    await worker.stop()
    worker = null
  }, 60_000)

  test('behavior: takes the lease from a working mirror while players play on, and gives it back', async () => {
    worker = await stack.startWorker()
    await play(played, 1)
    const ids: Hex[] = []
    let isDone = false
    const playing = (async () => {
      while (!isDone) {
        ids.push(await played.send(await played.step()))
        await sleep(20)
      }
    })()
    await stack.database.pool.query(
      `UPDATE "Session" SET "revokedBy" = 'nobody' WHERE status = 'revoked'`,
    )
    const { corrections } = await rebuild(stack.context)
    await sleep(1_000)
    isDone = true
    await playing
    for (const id of ids) expect((await settled(id)).status).toBe('confirmed')
    expect(ids.length).toBeGreaterThan(10)
    expect(corrections).toMatchObject({ intents: 0, grants: 0, policies: 0 })
    expect(corrections.sessions).toBeGreaterThan(0)
    await quiet()
    await worker.stop()
    worker = null
    const before = await snapshot()
    await rebuild(stack.context)
    expect(await snapshot()).toEqual(before)
  }, 60_000)
})
