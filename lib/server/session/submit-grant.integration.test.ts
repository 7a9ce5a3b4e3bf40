import { type Address, getAddress, type Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { TestPlayer } from '@/scripts/test/test-player'
import { loadActor, recordLogin } from '../auth/load-actor'
import { limitByAddress } from '../http/rate-limits'
import { dispatch } from '../http/rpc/dispatch'
import { listSessionsOfPlayer } from './list-sessions'
import { prepareGrant } from './prepare-grant'
import { submitGrant } from './submit-grant'

let stack: RelayStack

beforeAll(async () => {
  stack = await startRelayStack()
})
afterAll(() => stack?.stop())

/** `isValidSignature` of a contract that says yes to everything (ERC-1271). */
const YES_TO_ALL = '0x631626ba7e60e01b5f5260205ff3'
const ACCOUNT: Address = getAddress(`0x${'bad0'.repeat(10)}`)

/** The grant of an account's only session. */
function grantOf(accountAddress: Address) {
  return stack.database.prisma.sessionGrant.findFirstOrThrow({
    where: { session: { accountAddress } },
  })
}

test('security: a contract cannot pass for an account of someone else, nor take its place', async () => {
  const { database } = stack
  const victim = new TestPlayer()
  const userId = await recordLogin(database, victim.wallet.address)
  const game = await database.prisma.policy.findFirstOrThrow()
  await stack.anvil('anvil_setCode', [ACCOUNT, YES_TO_ALL])
  const prepared = await prepareGrant({
    owner: victim.wallet.address,
    policyId: game.id as `0x${string}`,
    key: new TestPlayer().key,
    durationSeconds: 600,
  })
  const session = { ...prepared.session, account: ACCOUNT }
  await submitGrant({ session, owner: prepared.owner, signature: '0x01' })

  expect(
    await database.prisma.account.findUnique({
      where: { address: session.account },
    }),
  ).toMatchObject({ ownerAddress: null, userId: null })
  const actor = await loadActor(database, userId)
  if (!actor) throw new Error('nobody there')
  expect(await listSessionsOfPlayer(actor)).toEqual([])

  // Each question that it may answer as slowly as it likes is paid for.
  const { gas, reserve } = await grantOf(ACCOUNT)
  expect(gas).toBe(300_000 + 500_000 + 50_000 * (3 * 2 + 1))
  expect(reserve).toBe(565_625)

  await victim.grant()
  expect((await grantOf(victim.account)).gas).toBe(300_000)
  expect(await listSessionsOfPlayer(actor)).toMatchObject([
    { id: victim.sessionId },
  ])
})

/** Codes of errors, or `accepted`, of sessions that one owner hands in at once. */
function handIn(players: TestPlayer[]): Promise<string[]> {
  return Promise.all(
    players.map((player) =>
      player.grant().then(
        () => 'accepted',
        (error: { code: string }) => error.code,
      ),
    ),
  )
}

/** Sessions of one owner, each with a key of its own. */
function sessionsOf(owner: TestPlayer, count: number): TestPlayer[] {
  return Array.from({ length: count }, () => new TestPlayer(owner.wallet))
}

describe('an account fills no database:', () => {
  test('security: of sessions that are signed and never used it has at most 20, however many come at once', async () => {
    const owner = new TestPlayer()
    const codes = await handIn(sessionsOf(owner, 26))
    expect(codes.filter((code) => code === 'accepted')).toHaveLength(20)
    expect(
      codes.filter((code) => code === 'too_many_unused_sessions'),
    ).toHaveLength(6)
    const [next] = sessionsOf(owner, 1) as [TestPlayer]
    expect(await handIn([next])).toEqual(['too_many_unused_sessions'])
    expect(
      await stack.database.prisma.session.count({
        where: { publicKey: next.key.publicKey },
      }),
    ).toBe(0)

    // Nobody can bring it to the chain any more.
    const used = await stack.database.prisma.sessionGrant.findFirstOrThrow({
      where: { session: { account: { ownerAddress: owner.wallet.address } } },
    })
    const { sessionId } = used
    await stack.database.prisma.sessionGrant.updateMany({
      where: { sessionId },
      data: { deadline: 1 },
    })
    expect(await handIn([next])).toEqual(['accepted'])
    const another = sessionsOf(owner, 1)
    expect(await handIn(another)).toEqual(['too_many_unused_sessions'])
  }, 60_000)

  test('security: of sessions at once it has at most 100; those that end with the signature make room', async () => {
    const owner = new TestPlayer()
    await owner.grant()
    await stack.database.pool.query(
      `INSERT INTO "Session" SELECT (jsonb_populate_record(s, jsonb_build_object(
         'id', '0x' || encode(sha256(n::text::bytea), 'hex'), 'status', 'active'))).*
       FROM "Session" s, generate_series(1, 99) n WHERE s.id = $1`,
      [owner.sessionId],
    )
    const [refused, next, last] = sessionsOf(owner, 3) as [
      TestPlayer,
      TestPlayer,
      TestPlayer,
    ]
    expect(await handIn([refused])).toEqual(['too_many_sessions'])
    await next.grant(3_600, [owner.sessionId])
    await stack.database.pool.query(
      `UPDATE "Session" SET "validUntil" = 1 WHERE "accountAddress" = $1 AND status = 'active'`,
      [owner.account],
    )
    expect(await handIn([last])).toEqual(['accepted'])
  }, 60_000)
})

test('security: sessions handed in are counted against the network address, before anything is looked up', async () => {
  const player = new TestPlayer()
  const policy = await stack.database.prisma.policy.findFirstOrThrow()
  const { session, owner } = await prepareGrant({
    ...{ owner: player.wallet.address, key: player.key },
    ...{ policyId: policy.id as Hex, durationSeconds: 600 },
  })
  const params = [{ session, owner, signature: '0x01' }]
  const ask = { jsonrpc: '2.0', id: 1, method: 'playkey_grant', params }
  const headers = new Headers({ 'x-forwarded-for': '203.0.113.50' })
  const send = () =>
    dispatch(JSON.stringify(ask), (times, kind) =>
      limitByAddress({ headers }, kind, times),
    )
  expect(await send()).toMatchObject({
    error: { data: { code: 'invalid_signature' } },
  })
  expect(() => limitByAddress({ headers }, 'grant', 2_000)).toThrow()
  expect(await send()).toMatchObject({
    error: { data: { code: 'rate_limited' } },
  })
})
