import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { createWalletClient, encodeFunctionData, type Hex, http } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getWorkerEnv } from '@/lib/config/env'
import { delveAddress, sessionManagerAddress } from '@/lib/contracts/addresses'
import { delveAbi } from '@/lib/contracts/generated/delve'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { encodeSections } from '@/lib/intent/encode-bundle'
import { encodeIntent } from '@/lib/intent/encode-intent'
import { encodeTable } from '@/lib/permission/encode-table'
import { findBundle, storeJob, takeKey } from '@/scripts/test/key-at-hand'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { undoBlocks } from '@/scripts/test/undo-blocks'
import { findTransactionView } from './get-transaction'
import type { Worker } from './run-worker'

let stack: RelayStack
let worker: Worker | null = null

beforeAll(async () => {
  stack = await startRelayStack()
})
beforeEach(async () => {
  await worker?.stop()
  worker = null
})
afterAll(async () => {
  await worker?.stop()
  await stack?.stop()
})

async function newPlayer(): Promise<TestPlayer> {
  const player = new TestPlayer()
  await player.grant()
  return player
}

/** A player whose session is on chain, with the worker stopped again. */
async function activePlayer(): Promise<TestPlayer> {
  const player = await newPlayer()
  worker = await stack.startWorker()
  await settled(await player.send(await player.step()))
  await worker.stop()
  worker = null
  return player
}

/** Stores everything queued as the worker would, up to the point where it may be killed. */
async function prepareBundle(gas?: bigint): Promise<Hex> {
  const key = await takeKey(stack)
  return storeJob(stack, key, await findBundle(key), gas ? { gas } : {})
}

function chainMoves(account: Hex): Promise<number> {
  return stack.client
    .readContract({
      address: delveAddress,
      abi: delveAbi,
      functionName: 'playerOf',
      args: [account],
    })
    .then(({ moves }) => moves)
}

describe('relay', () => {
  test('behavior: the first move deploys, enables and moves in one transaction; chain and database agree', async () => {
    const player = await newPlayer()
    const ids = [
      await player.send(await player.step()),
      await player.send(await player.step()),
      await player.send(await player.step()),
    ]
    worker = await stack.startWorker()
    const rows = await Promise.all(ids.map((id) => settled(id)))
    expect(rows.map(({ status }) => status)).toEqual([
      'confirmed',
      'confirmed',
      'confirmed',
    ])
    expect(new Set(rows.map(({ txHash }) => txHash)).size).toBe(1)
    const record = await stack.client.readContract({
      address: sessionManagerAddress,
      abi: sessionManagerAbi,
      functionName: 'sessionOf',
      args: [player.sessionId],
    })
    const session = await stack.database.prisma.session.findUniqueOrThrow({
      where: { id: player.sessionId },
      include: { account: true },
    })
    expect(record).toMatchObject({ status: 1, nextSequence: 3 })
    expect(record.cells.slice(0, 3)).toEqual([3, 0, 3])
    expect(session).toMatchObject({ status: 'active', nextSequence: 3n })
    expect(session.cells).toEqual([...record.cells])
    expect(session.account.deployedAt).not.toBeNull()
    expect(await chainMoves(player.account)).toBe(3)
    const view = await findTransactionView(rows[0]?.txHash as Hex)
    expect(view?.events.map(({ name }) => name)).toEqual([
      'SessionGranted',
      'IntentExecuted',
      'IntentExecuted',
      'IntentExecuted',
    ])
  })

  test('behavior: players share bundles, each lane in order, and one that fails hurts nobody', async () => {
    const players = await Promise.all([1, 2, 3, 4].map(newPlayer))
    const ids: Hex[] = []
    for (const player of players)
      for (let turn = 0; turn < 5; turn += 1)
        ids.push(await player.send(await player.step()))
    const poison = await newPlayer()
    const failing = await poison.send(await poison.mint(0n))
    worker = await stack.startWorker()
    const rows = await Promise.all(ids.map((id) => settled(id)))
    expect(rows.every(({ status }) => status === 'confirmed')).toBe(true)
    expect(await settled(failing)).toMatchObject({
      status: 'reverted',
      reason: 'call_reverted',
    })
    expect(
      await stack.database.prisma.session.findUniqueOrThrow({
        where: { id: poison.sessionId },
      }),
    ).toMatchObject({ nextSequence: 1n, cells: [0, 0, 0, 0, 0, 0, 0, 0] })
  })

  test('behavior: a grant that the chain refuses fails its intents and says why', async () => {
    const player = await newPlayer()
    const other = await newPlayer()
    const { signature } =
      await stack.database.prisma.sessionGrant.findFirstOrThrow({
        where: { sessionId: other.sessionId },
      })
    await stack.database.prisma.sessionGrant.updateMany({
      where: { sessionId: player.sessionId },
      data: { signature },
    })
    const ids = [
      await player.send(await player.step()),
      await player.send(await player.step()),
    ]
    worker = await stack.startWorker()
    expect((await settled(ids[0] as Hex)).reason).toBe('invalid_signature')
    expect((await settled(ids[1] as Hex)).status).toBe('rejected')
    await expect(player.send(await player.step())).rejects.toMatchObject({
      code: 'invalid_signature',
    })
  })

  test('behavior: an intent that expired in the queue is rejected, and what waited behind it', async () => {
    const player = await newPlayer()
    const first = await player.send(await player.step())
    const second = await player.send(await player.step())
    await stack.database.prisma.intent.update({
      where: { id: first },
      data: { expiry: 1 },
    })
    worker = await stack.startWorker()
    expect((await settled(first)).reason).toBe('intent_expired')
    expect((await settled(second)).reason).toBe('rolled_back')
  })
})

describe('recovery', () => {
  test('behavior: killed between storing and sending, the intent is sent after the restart, once', async () => {
    const player = await activePlayer()
    const id = await player.send(await player.step())
    await prepareBundle()
    worker = await stack.startWorker()
    expect((await settled(id)).status).toBe('confirmed')
    expect(await chainMoves(player.account)).toBe(2)
  })

  test('behavior: killed between sending and settling, the result is found, and nothing is done twice', async () => {
    const player = await activePlayer()
    const id = await player.send(await player.step())
    const raw = await prepareBundle()
    await stack.client.sendRawTransaction({ serializedTransaction: raw })
    worker = await stack.startWorker()
    expect((await settled(id)).status).toBe('confirmed')
    await sleep(600)
    expect(await chainMoves(player.account)).toBe(2)
  })

  test('behavior: intents of a transaction that fails as a whole are retried alone', async () => {
    const player = await activePlayer()
    const ids = [
      await player.send(await player.step()),
      await player.send(await player.step()),
    ]
    await prepareBundle(150_000n)
    worker = await stack.startWorker()
    const rows = await Promise.all(ids.map((id) => settled(id)))
    expect(rows).toMatchObject([
      { status: 'confirmed', suspicion: 1 },
      { status: 'confirmed', suspicion: 1 },
    ])
    expect(rows[0]?.txHash).not.toBe(rows[1]?.txHash)
  })

  test('behavior: a nonce that another transaction used releases the work, which is then done once', async () => {
    const player = await activePlayer()
    const id = await player.send(await player.step())
    await prepareBundle()
    const env = getWorkerEnv()
    const { privateKeyToAccount } = await import('viem/accounts')
    const thief = createWalletClient({
      account: privateKeyToAccount(env.RELAYER_PRIVATE_KEYS[0] as Hex),
      transport: http(env.RPC_URL),
    })
    await thief
      .sendTransaction({
        chain: null,
        to: delveAddress,
        data: '0x',
        gas: 100_000n,
      })
      .catch(() => undefined)
    worker = await stack.startWorker()
    expect((await settled(id)).status).toBe('confirmed')
    expect(await chainMoves(player.account)).toBe(2)
  })

  test('behavior: a stuck transaction is replaced by a dearer one with the same nonce', async () => {
    const player = await activePlayer()
    await stack.anvil('evm_setAutomine', [false])
    worker = await stack.startWorker({ stuckAfterMs: 500 })
    const id = await player.send(await player.step())
    const { prisma } = stack.database
    const findAttempts = () =>
      prisma.relayAttempt.findMany({
        where: { transaction: { intents: { some: { id } } } },
        orderBy: { createdAt: 'asc' },
      })
    await expect.poll(findAttempts, { timeout: 10_000 }).toHaveLength(2)
    const [first, second] = await findAttempts()
    await stack.anvil('evm_mine')
    await stack.anvil('evm_setAutomine', [true])
    expect(Number(second?.maxFeePerGas)).toBeGreaterThanOrEqual(
      Number(first?.maxFeePerGas) * 1.125,
    )
    expect((await settled(id)).status).toBe('confirmed')
    expect(await chainMoves(player.account)).toBe(2)
  })

  test('behavior: a worker process killed again and again loses nothing and does nothing twice', async () => {
    const player = await activePlayer()
    const ids: Hex[] = []
    for (let kills = 0; kills < 3; kills += 1) {
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', 'scripts/worker.ts'],
        { env: process.env, stdio: 'ignore' },
      )
      const until = Date.now() + 2_500
      try {
        while (Date.now() < until) {
          ids.push(await player.send(await player.step()))
          await sleep(15)
        }
      } finally {
        child.kill('SIGKILL')
      }
    }
    worker = await stack.startWorker()
    const rows = await Promise.all(ids.map((id) => settled(id)))
    expect(rows.filter(({ status }) => status !== 'confirmed')).toEqual([])
    expect(await chainMoves(player.account)).toBe(1 + ids.length)
  }, 60_000)

  test('behavior: a second worker waits until the first is gone', async () => {
    const player = await activePlayer()
    worker = await stack.startWorker()
    const second = await stack.startWorker()
    await settled(await player.send(await player.step()))
    await worker.stop()
    worker = second
    expect((await settled(await player.send(await player.step()))).status).toBe(
      'confirmed',
    )
  })
})

describe('mirror', () => {
  const stranger = mnemonicToAccount(
    'test test test test test test test test test test test junk',
    { addressIndex: 6 },
  )

  test('behavior: a queued intent that someone else submits is settled as executed elsewhere', async () => {
    const player = await activePlayer()
    const id = await player.send(await player.step())
    const { data } = await findBundle(await takeKey(stack))
    const wallet = createWalletClient({
      account: stranger,
      transport: http(getWorkerEnv().RPC_URL),
    })
    const hash = await wallet.sendTransaction({
      ...{ chain: null, to: sessionManagerAddress, data },
    })
    worker = await stack.startWorker()
    expect(await settled(id)).toMatchObject({
      ...{ status: 'confirmed', reason: 'executed_elsewhere', txHash: hash },
    })
    expect(await chainMoves(player.account)).toBe(2)
  })

  test('behavior: use that never passed through the relay is counted, and takes its place', async () => {
    const player = await activePlayer()
    const step = await player.step()
    const queued = await player.send(step)
    const other = { ...step, expiry: step.expiry - 1 }
    const session = player.session
    if (!session) throw new Error('no session')
    const intent = encodeIntent(
      { intent: other, signature: player.signIntent(other) },
      session.terms.permissions,
    )
    const { policyId } = session
    const table = encodeTable(session.terms)
    const items = [{ ...session, intent }]
    const sections = encodeSections([{ policyId, table, items }])
    const wallet = createWalletClient({
      account: stranger,
      transport: http(getWorkerEnv().RPC_URL),
    })
    await wallet.sendTransaction({
      chain: null,
      to: sessionManagerAddress,
      data: encodeFunctionData({
        abi: sessionManagerAbi,
        functionName: 'execute',
        args: [sections],
      }),
    })
    worker = await stack.startWorker()
    expect(await settled(queued)).toMatchObject({
      ...{ status: 'rejected', reason: 'sequence_used' },
    })
    const load = () =>
      stack.database.prisma.session.findUniqueOrThrow({
        where: { id: player.sessionId },
        include: { intents: { orderBy: { reason: 'asc' } } },
      })
    await expect
      .poll(async () => (await load()).intents.map(({ reason }) => reason))
      .toEqual(['executed_elsewhere', 'sequence_used', null])
    const { nextSequence, cells } = await load()
    expect([nextSequence, cells[0]]).toEqual([2n, 2])
  })

  test('behavior: a re-organisation takes results back, and what it dropped is done again, once', async () => {
    const player = await activePlayer()
    worker = await stack.startWorker()
    const id = await player.send(await player.step())
    await settled(id)
    await sleep(600)
    await undoBlocks(stack.anvil, 1)
    await stack.anvil('evm_mine')
    await sleep(1_500)
    expect((await settled(id)).status).toBe('confirmed')
    expect(await chainMoves(player.account)).toBe(2)
    expect((await settled(await player.send(await player.step()))).status).toBe(
      'confirmed',
    )
  })
})
