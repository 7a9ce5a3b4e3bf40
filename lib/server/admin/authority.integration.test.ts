import { encodeFunctionData, type Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '@/lib/auth/roles'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { makePermission } from '@/lib/permission/permission'
import { toPermissionJson } from '@/lib/permission/permission-json'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { loadActor, recordLogin } from '../auth/load-actor'
import { channels } from '../db/channels'
import { listen } from '../db/listen'
import { demoPeople } from '../seed/seed-demo'
import { listSessionsOfPlayer } from '../session/list-sessions'
import { reportPlay } from '../session/report-play'
import { revokeOwnSession, revokeSession } from '../session/revoke-session'
import {
  removeGameAction,
  saveGameAction,
  setMaxDuration,
} from '../studio/edit-draft'
import { getStudioView } from '../studio/get-studio-view'
import { pausePolicy } from '../studio/pause-policy'
import { publishPolicy } from '../studio/publish-policy'
import { prepareUnpause } from '../studio/unpause-policy'
import { getPlayerView } from './get-player-view'
import { listAudit } from './list-audit'
import { listPlayers } from './list-players'
import { revokeAsAdmin } from './revoke-as-admin'

let stack: RelayStack
let worker: Awaited<ReturnType<RelayStack['startWorker']>>
let admin: Actor
let studio: Actor
let stranger: Actor

beforeAll(async () => {
  stack = await startRelayStack()
  worker = await stack.startWorker()
  admin = await actorOf(demoPeople.admin)
  studio = await actorOf(demoPeople.studio)
  stranger = await actorOf(new TestPlayer().wallet.address)
})
afterAll(async () => {
  await worker?.stop()
  await stack?.stop()
})

async function actorOf(address: Hex): Promise<Actor> {
  const userId = await recordLogin(stack.database, address)
  const actor = await loadActor(stack.database, userId)
  if (!actor) throw new Error('no such user')
  return actor
}

async function activePlayer(): Promise<TestPlayer> {
  const player = new TestPlayer()
  await player.grant()
  await settled(await player.send(await player.step()))
  return player
}

async function until<T>(
  read: () => Promise<T>,
  isDone: (value: T) => boolean,
): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const value = await read()
    if (isDone(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('waited in vain')
}

function chainStatus(sessionId: Hex): Promise<number> {
  return stack.client
    .readContract({
      address: sessionManagerAddress,
      abi: sessionManagerAbi,
      functionName: 'sessionOf',
      args: [sessionId],
    })
    .then(({ status }) => status)
}

function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'allowed',
    (error: { code: string }) => error.code,
  )
}

describe('roles: what one may not do looks like what does not exist', () => {
  const action = {
    name: 'Approve',
    description: '',
    gasLimit: 100_000,
    permission: toPermissionJson(
      makePermission({
        to: sessionManagerAddress,
        signature: 'approve(address,uint256)',
        maxCalls: 1,
      }),
    ),
  }
  const policyId: Hex = `0x${'00'.repeat(32)}`
  const sessionId: Hex = `0x${'ab'.repeat(32)}`
  const cases: [
    string,
    (actor: Actor) => Promise<unknown>,
    'admin' | 'studio',
  ][] = [
    ['list players', (actor) => listPlayers(actor), 'admin'],
    [
      'see a player',
      (actor) => getPlayerView(actor, demoPeople.player),
      'admin',
    ],
    ['read the audit log', (actor) => listAudit(actor), 'admin'],
    [
      'end a session for abuse',
      (actor) => revokeAsAdmin(actor, sessionId, 'because'),
      'admin',
    ],
    ['see the studio', (actor) => getStudioView(actor, 'lantern'), 'studio'],
    [
      'add an action',
      (actor) => saveGameAction(actor, 'delve', action, 0),
      'studio',
    ],
    [
      'remove an action',
      (actor) =>
        removeGameAction(
          actor,
          'delve',
          '018f0000-0000-7000-8000-000000000000',
          0,
        ),
      'studio',
    ],
    [
      'change the duration',
      (actor) => setMaxDuration(actor, 'delve', 60, 0),
      'studio',
    ],
    ['publish', (actor) => publishPolicy(actor, 'delve', 0), 'studio'],
    ['pause', (actor) => pausePolicy(actor, policyId), 'studio'],
    ['ask to unpause', (actor) => prepareUnpause(actor, policyId), 'studio'],
  ]
  test.each(cases)('error: a stranger may not %s', async (_, act) => {
    expect(await codeOf(act(stranger))).toBe('not_found')
  })
  test.each(cases.filter(([, , role]) => role === 'admin'))(
    'error: a studio may not %s',
    async (_, act) => {
      expect(await codeOf(act(studio))).toBe('not_found')
    },
  )
  test.each(cases.slice(4, 9))(
    'error: an admin may not %s of a studio',
    async (_, act) => {
      expect(await codeOf(act(admin))).toBe('not_found')
    },
  )

  test('error: nobody ends, or reports for, the session of another player', async () => {
    const player = await activePlayer()
    const signature = await player.signRevocation('key')
    const report = { playSeconds: 5, latenciesMs: [], refusals: {} }
    expect(
      await codeOf(
        revokeOwnSession(stranger, {
          ...{ sessionId: player.sessionId, by: 'key', signature },
        }),
      ),
    ).toBe('session_unknown')
    expect(
      await codeOf(
        reportPlay(stranger, { sessionId: player.sessionId, ...report }),
      ),
    ).toBe('session_unknown')
  })

  test('behavior: a role that is taken away is gone at the next request', async () => {
    const { prisma } = stack.database
    const membership = await prisma.studioMember.findFirstOrThrow()
    await prisma.studioMember.deleteMany()
    expect(
      await codeOf(getStudioView(await actorOf(demoPeople.studio), 'lantern')),
    ).toBe('not_found')
    await prisma.studioMember.create({ data: membership })
  })
})

describe('ending a session', () => {
  test('behavior: an admin stops it at once, on chain right after, with a reason that the player sees', async () => {
    const player = await activePlayer()
    const news: RelayEvent[] = []
    const listener = listen(stack.database.url, [channels.event], (_, text) =>
      news.push(...(JSON.parse(text) as RelayEvent[])),
    )
    await until(async () => listener.isConnected(), Boolean)
    const queued = await player.send(await player.step())
    const startedMs = Date.now()
    await revokeAsAdmin(admin, player.sessionId, 'Used a bot')
    await expect(player.send(await player.step())).rejects.toMatchObject({
      code: 'session_revoked',
      details: { revokedBy: 'an admin', reason: 'Used a bot' },
    })
    expect(Date.now() - startedMs).toBeLessThan(1_000)
    await settled(queued)
    await until(
      () => chainStatus(player.sessionId),
      (status) => status === 2,
    )
    const view = await until(
      () => getPlayerView(admin, player.account),
      (found) => found?.sessions[0]?.status === 'revoked',
    )
    expect(view?.sessions[0]).toMatchObject({
      ...{ state: 'revoked', revokedReason: 'Used a bot' },
      ...{ revokedBy: 'an admin', disagreement: null, revokeError: null },
    })
    const audit = await until(
      () => listAudit(admin),
      ({ items }) => items[0]?.status === 'done',
    )
    expect(audit.items[0]).toMatchObject({
      ...{ action: 'session.revoke', reason: 'Used a bot' },
      ...{ subject: player.sessionId, actorAddress: demoPeople.admin },
    })
    const statuses = news
      .filter((event) => event.type === 'session')
      .map(({ status }) => status)
    expect(statuses).toEqual(['revoking', 'revoked'])
    await listener.close()
    expect(await revokeAsAdmin(admin, player.sessionId, 'Again')).toMatchObject(
      { status: 'revoked', alreadyRevoked: true },
    )
  })

  test.each(['key', 'owner'] as const)(
    'behavior: the player ends it by the signature of the %s',
    async (by) => {
      const player = await activePlayer()
      const signature = await player.signRevocation(by)
      await revokeSession({ sessionId: player.sessionId, by, signature })
      await until(
        () => chainStatus(player.sessionId),
        (status) => status === 2,
      )
      const actor = await actorOf(player.wallet.address)
      const [view] = await until(
        () => listSessionsOfPlayer(actor),
        ([found]) => found?.status === 'revoked',
      )
      expect(view?.revokedBy).toBe(by === 'key' ? 'the session key' : 'you')
    },
  )

  test('behavior: the owner ends a session that never reached the chain; it can never be enabled', async () => {
    const player = new TestPlayer()
    await player.grant()
    await revokeSession({
      ...{ sessionId: player.sessionId, by: 'owner' },
      signature: await player.signRevocation('owner'),
    })
    await until(
      () => chainStatus(player.sessionId),
      (status) => status === 2,
    )
  })

  test('error: a signature of someone else', async () => {
    const [player, thief] = [await activePlayer(), await activePlayer()]
    const signature = await thief.signRevocation('key')
    expect(
      await codeOf(
        revokeSession({ sessionId: player.sessionId, by: 'key', signature }),
      ),
    ).toBe('invalid_signature')
  })

  test('behavior: all sessions of an account end with its epoch', async () => {
    const player = await activePlayer()
    await stack.anvil('anvil_impersonateAccount', [player.account])
    await stack.anvil('anvil_setBalance', [player.account, '0xde0b6b3a7640000'])
    await stack.anvil('eth_sendTransaction', [
      {
        from: player.account,
        to: sessionManagerAddress,
        data: encodeFunctionData({
          abi: sessionManagerAbi,
          functionName: 'revokeAll',
        }),
      },
    ])
    const actor = await actorOf(player.wallet.address)
    await until(
      () => listSessionsOfPlayer(actor),
      ([found]) => found?.status === 'revoked',
    )
  })
})

describe('the list of players', () => {
  test('behavior: shows who plays, and finds them by the start of either address', async () => {
    const player = await activePlayer()
    const { items, total } = await listPlayers(admin)
    expect(total).toBeGreaterThanOrEqual(items.length)
    expect(
      items.find(({ account }) => account === player.account),
    ).toMatchObject({
      ...{ ownerAddress: player.wallet.address, deployed: true },
      ...{ activeSessions: 1, totalSessions: 1, calls: 1 },
    })
    for (const address of [player.account, player.wallet.address])
      expect(
        await listPlayers(admin, { query: address.slice(0, 12) }),
      ).toMatchObject({ total: 1, items: [{ account: player.account }] })
    expect(await listPlayers(admin, { query: '0xffff%' })).toMatchObject({
      ...{ total: 0, items: [] },
    })
  })
})

describe('tracking', () => {
  test('behavior: what the browser reports is cut to what can have happened', async () => {
    const player = await activePlayer()
    const actor = await actorOf(player.wallet.address)
    const report = {
      sessionId: player.sessionId,
      playSeconds: 120,
      latenciesMs: [10, 30],
      refusals: { call_limit_exceeded: 2, no_such_code: 1 },
    }
    await reportPlay(actor, report)
    await reportPlay(actor, { ...report, latenciesMs: [80] })
    const [view] = await listSessionsOfPlayer(actor)
    expect(view?.play).toMatchObject({
      latencyAverageMs: 40,
      latencyMaxMs: 80,
      refusals: { call_limit_exceeded: 4 },
    })
    expect(view?.play?.playSeconds).toBeLessThan(20)
  })
})

describe('a studio', () => {
  test('behavior: edits the draft, publishes a version, pauses it; players move on', async () => {
    const before = await getStudioView(studio, 'lantern')
    const game = before.games[0]
    if (!game) throw new Error('no game')
    expect(game).toMatchObject({ canPublish: false, lint: [] })
    expect(game.preview?.sentences).toHaveLength(2)
    expect(
      await codeOf(
        setMaxDuration(studio, 'delve', 7_200, game.draftRevision + 1),
      ),
    ).toBe('conflict')
    const draft = await setMaxDuration(
      studio,
      'delve',
      7_200,
      game.draftRevision,
    )
    expect(draft.canPublish).toBe(true)
    const published = await publishPolicy(studio, 'delve', draft.draftRevision)
    expect(published).toMatchObject({ version: 2, status: 'publishing' })
    const after = await until(
      () => getStudioView(studio, 'lantern'),
      ({ games }) => games[0]?.versions[0]?.status === 'published',
    )
    expect(after.games[0]?.versions[0]?.changes).toEqual([
      'Session: longest session 86,400 s → 7,200 s',
    ])
    const player = await activePlayer()
    const played = await getStudioView(studio, 'lantern')
    expect(
      played.games[0]?.players.find(
        ({ account }) => account === player.account,
      ),
    ).toMatchObject({ version: 2, activeSessions: 1, calls: 1 })

    await pausePolicy(studio, published.policyId, 'maintenance')
    await until(
      () => getStudioView(studio, 'lantern'),
      ({ games }) => games[0]?.versions[0]?.pausedIndefinitely === true,
    )
    expect(await codeOf(player.send(await player.step()))).toBe('policy_paused')
  })

  test('error: a dangerous action cannot be published', async () => {
    const view = await getStudioView(studio, 'lantern')
    const draft = await saveGameAction(
      studio,
      'delve',
      {
        name: 'Approve',
        description: '',
        gasLimit: 100_000,
        permission: toPermissionJson(
          makePermission({
            to: view.games[0]?.contract ?? '0x',
            signature: 'setApprovalForAll(address,bool)',
            maxCalls: 1,
          }),
        ),
      },
      view.games[0]?.draftRevision ?? 0,
    )
    expect(draft.canPublish).toBe(false)
    expect(
      await codeOf(publishPolicy(studio, 'delve', draft.draftRevision)),
    ).toBe('policy_blocked')
  })
})
