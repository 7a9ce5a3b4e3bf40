import { createWalletClient, type Hex, http, keccak256 } from 'viem'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Actor } from '@/lib/auth/roles'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { encodeSections } from '@/lib/intent/encode-bundle'
import { encodeGrant } from '@/lib/intent/encode-grant'
import { encodeTable } from '@/lib/permission/encode-table'
import type { Terms } from '@/lib/permission/terms'
import type { Session } from '@/lib/session/session'
import { computeSessionId } from '@/lib/session/session-id'
import { fromSessionJson, toSessionJson } from '@/lib/session/session-json'
import {
  sessionTypedData,
  structHashOfSession,
} from '@/lib/session/session-typed-data'
import { sessionsTypedData } from '@/lib/session/sessions-typed-data'
import { localAccounts } from '@/scripts/stack/keys'
import {
  codeOf,
  type ShopStack,
  startShopStack,
  transfer,
} from '@/scripts/test/shop-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { undoBlocks } from '@/scripts/test/undo-blocks'
import { loadActor, recordLogin } from '../auth/load-actor'
import { readChainSeconds } from '../chain/clock'
import { syncBlocks } from '../mirror/sync-blocks'
import { demoPeople } from '../seed/seed-demo'
import { findGameForPlay } from '../session/get-game'
import { getSessionView } from '../session/list-sessions'
import { prepareGrant } from '../session/prepare-grant'
import { prepareRenewal } from '../session/prepare-renewal'
import { identityOf } from '../session/revoke-session'
import { submitGrant } from '../session/submit-grant'

let stack: ShopStack

beforeAll(async () => {
  stack = await startShopStack()
})
afterAll(() => stack?.stop())

async function newPlayer(): Promise<TestPlayer> {
  const player = new TestPlayer()
  await player.grant()
  return player
}

describe('a session that was granted without this relay', () => {
  async function grantElsewhere(own: Partial<Terms>): Promise<TestPlayer> {
    const player = new TestPlayer()
    const policyId = (await findGameForPlay('delve'))?.policy?.id as Hex
    const prepared = await prepareGrant({
      ...{ owner: player.wallet.address, policyId, key: player.key },
      durationSeconds: 3_600,
    })
    const session = {
      ...fromSessionJson(prepared.session),
      terms: { ...stack.terms, ...own },
    }
    const { chainId, sessionManager } = stack.context
    const domain = { chainId, sessionManager }
    const signature = await player.wallet.signTypedData(
      sessionTypedData({ session, ...domain }),
    )
    const isWhole = Object.keys(own).length === 0
    const grant = encodeGrant(
      { session, owner: prepared.owner, signature },
      {
        createsAccount: true,
        policyTable: isWhole ? null : encodeTable(stack.terms),
      },
    )
    const table = encodeTable(session.terms)
    const items = [{ ...session, grant }]
    const hash = await createWalletClient({
      account: localAccounts.deployer,
      transport: http(process.env.RPC_URL),
    }).writeContract({
      ...{ address: sessionManager, abi: sessionManagerAbi, chain: null },
      functionName: 'execute',
      args: [encodeSections([{ policyId, table, items }])],
      gas: 5_000_000n,
    })
    await stack.client.waitForTransactionReceipt({ hash })
    player.session = session
    player.sessionId = computeSessionId({
      ...session,
      tableHash: keccak256(table),
    })
    await syncBlocks(stack.context)
    return player
  }

  test('behavior: is carried like any other when its terms are the policy’s', async () => {
    const player = await grantElsewhere({})
    const view = await stack.mirrored(player.sessionId)
    expect(view).toMatchObject({
      ...{ state: 'active', ownerAddress: null, maxDurationSeconds: 86_400 },
    })
    expect(view.permissions).toHaveLength(4)
    expect(view.spends).toHaveLength(1)
    const id = await player.send(await transfer(player, 5n))
    expect(await stack.settleAll([id])).toEqual(['confirmed'])
    await stack.mirrored(player.sessionId)
    await player.renew(7_200)
    const next = await player.send(await player.step())
    expect(await stack.settleAll([next])).toEqual(['confirmed'])
    expect((await stack.mirrored(player.sessionId)).renewal).toBeNull()
  })

  test('behavior: with terms of its own, it is known once its owner hands them in', async () => {
    const [move] = stack.terms.permissions
    if (!move) throw new Error('no moves')
    const player = await grantElsewhere({ permissions: [move] })
    const { sessionId } = player
    expect((await getSessionView(sessionId)).permissions).toEqual([])
    expect(await codeOf(player.send(await player.move(1)))).toBe(
      'call_not_permitted',
    )
    expect(
      await codeOf(prepareRenewal({ sessionId, durationSeconds: 7_200 })),
    ).toBe('session_not_active')
    const old = player.session as Session
    await player.submit({
      session: toSessionJson({ ...old, validUntil: old.validUntil + 600 }),
      owner: player.wallet.address.toLowerCase() as Hex,
    })
    expect((await getSessionView(sessionId)).permissions).toHaveLength(1)
    const id = await player.send(await player.step())
    expect(await stack.settleAll([id])).toEqual(['confirmed'])
    expect(await stack.mirrored(sessionId)).toMatchObject({
      ...{ validUntil: old.validUntil + 600, permissions: [{ calls: 1 }] },
    })
  })
})

describe('several sessions in one signature', () => {
  test('behavior: a new key ends the old one with its first move', async () => {
    const old = await newPlayer()
    await stack.settleAll([await old.send(await old.step())])
    const next = new TestPlayer(old.wallet)
    await next.grant(3_600, [old.sessionId])
    const first = await next.send(await next.step())
    const late = await old.send(await old.step())
    const [status] = await stack.settleAll([first])
    expect(status).toBe('confirmed')
    expect((await settled(late)).status).toBe('rejected')
    expect(await stack.mirrored(old.sessionId)).toMatchObject({
      ...{ status: 'revoked', revokedBy: 'you' },
    })
    expect((await stack.mirrored(next.sessionId)).state).toBe('active')
    expect(await codeOf(old.send(await old.step()))).toBe('session_revoked')
  })

  test('error: a session of someone else cannot be ended along', async () => {
    const [victim, thief] = [await newPlayer(), new TestPlayer()]
    expect(await codeOf(thief.grant(3_600, [victim.sessionId]))).toBe(
      'session_unknown',
    )
  })

  test('behavior: two start and one ends; each is handed in by itself', async () => {
    const old = await newPlayer()
    await stack.settleAll([await old.send(await old.step())])
    const players = [old.wallet, old.wallet].map(
      (wallet) => new TestPlayer(wallet),
    )
    const policyId = old.session?.policyId as Hex
    const prepared = await Promise.all(
      players.map(({ key, wallet }) =>
        prepareGrant({
          ...{ owner: wallet.address, policyId, key },
          durationSeconds: 3_600,
        }),
      ),
    )
    const sessions = prepared.map(({ session }) => fromSessionJson(session))
    const { chainId, sessionManager } = stack.context
    const signature = await old.wallet.signTypedData(
      sessionsTypedData({
        ...{ sessions, ended: [old.sessionId], chainId, sessionManager },
      }),
    )
    const row = await stack.database.prisma.session.findUniqueOrThrow({
      where: { id: old.sessionId },
    })
    const { account: _account, ...ended } = identityOf(row)
    const submit = (position: number, session: Session, proof: Hex) =>
      submitGrant({
        session: toSessionJson(session),
        owner: old.wallet.address.toLowerCase() as Hex,
        signature: proof,
        batch: {
          ...{ position, ended: [ended] },
          otherHashes: sessions
            .filter((_, at) => at !== position)
            .map(structHashOfSession),
        },
      })
    const [one, two] = sessions
    if (!one || !two) throw new Error('two were prepared')
    expect(await codeOf(submit(1, one, signature))).toBe('invalid_signature')
    const results = [
      await submit(0, one, signature),
      await submit(1, two, signature),
    ]
    expect(await submit(0, one, signature)).toEqual(results[0])
    const ids: Hex[] = []
    for (const [at, player] of players.entries()) {
      player.session = sessions[at] ?? null
      player.sessionId = results[at]?.sessionId ?? '0x'
      ids.push(await player.send(await player.mint(7n)))
    }
    // Nobody has the gems for it; the sessions are enabled all the same.
    expect(await stack.settleAll(ids)).toEqual([
      'call_reverted',
      'call_reverted',
    ])
    for (const { sessionId } of results)
      expect((await stack.mirrored(sessionId)).status).toBe('active')
    expect((await stack.mirrored(old.sessionId)).status).toBe('revoked')
  })
})

describe('renewals and periods, as time goes by', () => {
  async function pass(seconds: number): Promise<void> {
    await stack.anvil('evm_increaseTime', [seconds])
    await stack.anvil('evm_mine')
    const before = await readChainSeconds(stack.database)
    const worker = await stack.startWorker()
    await expect
      .poll(() => readChainSeconds(stack.database), { timeout: 5_000 })
      .toBeGreaterThanOrEqual(before + seconds - 2)
    await worker.stop()
  }

  test('behavior: the next move carries a later end; what was used stays used', async () => {
    const player = await newPlayer()
    await stack.settleAll([await player.send(await player.step())])
    const before = await stack.mirrored(player.sessionId)
    await player.renew(7_200)
    const validUntil = player.session?.validUntil ?? 0
    expect(await getSessionView(player.sessionId)).toMatchObject({
      ...{ validUntil: before.validUntil, state: 'active' },
      renewal: { validUntil, error: null },
    })
    const id = await player.send(await player.step())
    expect(await stack.settleAll([id])).toEqual(['confirmed'])
    const view = await stack.mirrored(player.sessionId)
    expect(view).toMatchObject({ validUntil, renewal: null })
    expect(view.permissions[0]?.calls).toBe(2)
    expect(
      await codeOf(
        prepareRenewal({ sessionId: player.sessionId, durationSeconds: 60 }),
      ),
    ).toBe('renewal_not_later')
    expect(
      await codeOf(
        prepareRenewal({
          sessionId: player.sessionId,
          durationSeconds: 86_401,
        }),
      ),
    ).toBe('duration_too_long')
  })

  test('behavior: a later end that the chain refuses changes nothing, and says why', async () => {
    const player = await newPlayer()
    await stack.settleAll([await player.send(await player.step())])
    const before = await stack.mirrored(player.sessionId)
    await player.renew(7_200)
    await stack.database.prisma.sessionGrant.updateMany({
      where: {
        sessionId: player.sessionId,
        validUntil: { gt: before.validUntil },
      },
      data: { signature: `0x${'11'.repeat(65)}` },
    })
    const id = await player.send(await player.step())
    expect(await stack.settleAll([id])).toEqual(['confirmed'])
    const view = await stack.mirrored(player.sessionId)
    expect(view).toMatchObject({
      ...{ validUntil: before.validUntil, state: 'active', grantError: null },
      renewal: { error: 'invalid_signature' },
    })
    await player.renew(7_300)
    const next = await player.send(await player.step())
    expect(await stack.settleAll([next])).toEqual(['confirmed'])
    expect((await stack.mirrored(player.sessionId)).renewal).toBeNull()
  })

  test('behavior: a re-organisation takes a later end back, with what was counted; both are brought again', async () => {
    const player = await newPlayer()
    await stack.settleAll([await player.send(await player.step())])
    await player.renew(7_200)
    const worker = await stack.startWorker()
    try {
      await settled(await player.send(await transfer(player, 7n)))
      const before = await stack.mirrored(player.sessionId)
      expect(before).toMatchObject({ renewal: null, spends: [{ spent: '7' }] })
      await undoBlocks(stack.anvil, 1)
      await stack.anvil('evm_mine')
      const { prisma } = stack.database
      await vi.waitFor(
        async () => {
          const { hash } = await stack.client.getBlock()
          const head = await prisma.mirrorBlock.findFirstOrThrow({
            orderBy: { number: 'desc' },
          })
          expect(head.hash).toBe(hash)
          expect(
            await prisma.intent.count({ where: { status: 'submitted' } }),
          ).toBe(0)
          const { validUntil, spends } = await stack.mirrored(player.sessionId)
          expect({ validUntil, spends }).toEqual({
            ...{ validUntil: before.validUntil, spends: before.spends },
          })
        },
        { timeout: 15_000, interval: 200 },
      )
    } finally {
      await worker.stop()
    }
  })

  test('error: a renewal of a session that ends, that never began, or of someone else', async () => {
    const player = await newPlayer()
    const wish = { sessionId: player.sessionId, durationSeconds: 7_200 }
    expect(await codeOf(prepareRenewal(wish))).toBe('session_not_active')
    const userId = await recordLogin(stack.database, demoPeople.studio)
    const other = (await loadActor(stack.database, userId)) as Actor
    expect(await codeOf(prepareRenewal(wish, other))).toBe('session_unknown')
    await stack.settleAll([await player.send(await player.step())])
    const next = new TestPlayer(player.wallet)
    await next.grant(3_600, [player.sessionId])
    await stack.settleAll([await next.send(await next.step())])
    expect(await codeOf(prepareRenewal(wish))).toBe('session_revoked')
  })

  test('behavior: calls per period are counted with what is on its way, until the next period; a session that is over is renewed', async () => {
    const player = new TestPlayer()
    const [move] = stack.terms.permissions
    if (!move) throw new Error('no moves')
    const slow = { ...move, maxCallsPerPeriod: 3 }
    await player.grantTerms({ ...stack.terms, permissions: [slow] })
    const ids: Hex[] = []
    for (const _ of [1, 2, 3]) ids.push(await player.send(await player.step()))
    const refused = await player
      .send(await player.step())
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'call_period_limit_exceeded',
      details: { used: '3', maxCallsPerPeriod: 3 },
    })
    expect(await stack.settleAll(ids)).toEqual(ids.map(() => 'confirmed'))
    expect(
      (await stack.mirrored(player.sessionId)).permissions[0],
    ).toMatchObject({
      ...{ calls: 3, callsInPeriod: 3 },
    })
    expect(await codeOf(player.send(await player.step()))).toBe(
      'call_period_limit_exceeded',
    )
    await pass(3_610)
    expect(await codeOf(player.send(await player.step()))).toBe(
      'session_expired',
    )
    expect((await stack.mirrored(player.sessionId)).state).toBe('expired')
    await player.renew(600)
    const id = await player.send(await player.step())
    expect(await stack.settleAll([id])).toEqual(['confirmed'])
    const view = await stack.mirrored(player.sessionId)
    expect(view.usage.cells.slice(0, 3)).toEqual([4, 1, 1])
    expect(view).toMatchObject({
      ...{ state: 'active', permissions: [{ calls: 4, callsInPeriod: 1 }] },
    })
  })
  test('behavior: a move that waits past the end of its session says that this is why', async () => {
    const player = await newPlayer()
    await stack.settleAll([await player.send(await player.step())])
    const id = await player.send(await player.step())
    await pass(3_700)
    expect(await stack.settleAll([id])).toEqual(['session_expired'])
  })
})
