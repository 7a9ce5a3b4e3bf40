import { type Address, encodeFunctionData, type Hex, parseAbi } from 'viem'
import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  test,
  vi,
} from 'vitest'
import type { Actor } from '@/lib/auth/roles'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import type { Intent } from '@/lib/intent/intent'
import { makePermission, type Permission } from '@/lib/permission/permission'
import { toPermissionJson } from '@/lib/permission/permission-json'
import type { Terms } from '@/lib/permission/terms'
import { termsOf } from '@/lib/policy/policy-document'
import type { Session } from '@/lib/session/session'
import { fromSessionJson, toSessionJson } from '@/lib/session/session-json'
import { structHashOfSession } from '@/lib/session/session-typed-data'
import { sessionsTypedData } from '@/lib/session/sessions-typed-data'
import { localAccounts } from '@/scripts/stack/keys'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { settled, TestPlayer } from '@/scripts/test/test-player'
import { loadActor, recordLogin } from '../auth/load-actor'
import { readChainSeconds } from '../chain/clock'
import { demoPeople } from '../seed/seed-demo'
import { findGameForPlay } from '../session/get-game'
import { getSessionView } from '../session/list-sessions'
import { prepareGrant } from '../session/prepare-grant'
import { prepareRenewal } from '../session/prepare-renewal'
import { identityOf } from '../session/revoke-session'
import { submitGrant } from '../session/submit-grant'
import { saveGameAction, setSpendLimits } from '../studio/edit-draft'
import { publishPolicy } from '../studio/publish-policy'
import type { Worker } from './run-worker'

/** Takes every call and any value: code of one byte, STOP. */
const SHOP: Address = '0x5000000000000000000000000000000000000005'
/** Answers 0 to every call, as a token does where nobody owns any. */
const TOKEN: Address = '0x7000000000000000000000000000000000000007'
const abi = parseAbi([
  'function pay(uint256 amount)',
  'function transfer(address to, uint256 amount)',
])

let stack: RelayStack
let worker: Worker | null = null
/** Of the policy that all sessions here belong to. */
let terms: Terms

beforeAll(async () => {
  stack = await startRelayStack()
  await stack.anvil('anvil_setCode', [SHOP, '0x00'])
  await stack.anvil('anvil_setCode', [TOKEN, '0x60206000f3'])
  terms = await publishSecondVersion()
})
afterEach(async () => {
  await worker?.stop()
  worker = null
})
afterAll(() => stack?.stop())

/** Delve with a shop that takes money and a token that may be spent. */
async function publishSecondVersion(): Promise<Terms> {
  const userId = await recordLogin(stack.database, demoPeople.studio)
  const studio = (await loadActor(stack.database, userId)) as Actor
  const add = (name: string, permission: Permission, revision: number) =>
    saveGameAction(
      ...([studio, 'delve'] as const),
      {
        ...{ name, description: '', gasLimit: 100_000 },
        permission: toPermissionJson(permission),
      },
      revision,
    )
  const pay = makePermission({
    ...{ to: SHOP, signature: 'pay(uint256)', maxCalls: 10 },
    ...{
      maxValuePerCall: 6n,
      maxValue: 10n,
      rules: ['sum(arg0) <= 100 and <= 60 per period'],
    },
    ...{ period: 3_600, maxCallsPerPeriod: 10, maxValuePerPeriod: 10n },
  })
  const transfer = makePermission({
    ...{ to: TOKEN, signature: 'transfer(address,uint256)', maxCalls: 10 },
    rules: [`arg0 == ${SHOP}`],
  })
  const { draftRevision } = await stack.database.prisma.game.findFirstOrThrow()
  await add('Pay', pay, draftRevision)
  const refused = await add('Send', transfer, draftRevision + 1)
  expect(refused.lint).toContainEqual(
    expect.objectContaining({
      ...{ level: 'block', field: 'actions.3.permission.signature' },
    }),
  )
  const spend = { token: TOKEN, maxAmount: '100', period: 0 }
  const draft = await setSpendLimits(
    ...([studio, 'delve'] as const),
    [{ ...spend, maxAmountPerPeriod: '0' }],
    draftRevision + 2,
  )
  expect(draft).toMatchObject({ canPublish: true })
  await publishPolicy(studio, 'delve', draft.draftRevision)
  worker = await stack.startWorker()
  await vi.waitFor(
    async () => {
      const newest = await findGameForPlay('delve')
      expect(newest?.policy?.document.version).toBe(2)
    },
    { timeout: 10_000 },
  )
  await worker.stop()
  worker = null
  const game = await findGameForPlay('delve')
  if (!game?.policy) throw new Error('no policy')
  return termsOf(game.policy.document)
}

async function newPlayer(): Promise<TestPlayer> {
  const player = new TestPlayer()
  await player.grant()
  return player
}

function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  )
}

/** Sends with a worker, which is stopped when all is settled. */
async function settleAll(ids: Hex[]): Promise<string[]> {
  worker ??= await stack.startWorker()
  const rows = await Promise.all(ids.map((id) => settled(id)))
  await worker.stop()
  worker = null
  return rows.map(({ status, reason }) => reason ?? status)
}

async function payment(
  player: TestPlayer,
  amount: bigint,
  value: bigint,
): Promise<Intent> {
  const data = encodeFunctionData({ abi, functionName: 'pay', args: [amount] })
  return { ...(await player.move(0)), calls: [{ to: SHOP, value, data }] }
}

async function transfer(player: TestPlayer, amount: bigint): Promise<Intent> {
  const data = encodeFunctionData({
    ...{ abi, functionName: 'transfer', args: [SHOP, amount] },
  })
  return { ...(await player.move(0)), calls: [{ to: TOKEN, value: 0n, data }] }
}

/** What chain and database say of a session; they must agree. */
async function mirrored(sessionId: Hex) {
  const address = stack.context.sessionManager
  const on = { address, abi: sessionManagerAbi } as const
  const record = await stack.client.readContract({
    ...{ ...on, functionName: 'sessionOf', args: [sessionId] },
  })
  const view = await getSessionView(sessionId)
  const status = ['pending', 'active', 'revoked'][record.status]
  expect(view.status).toBe(status)
  expect(view.usage.cells).toEqual([...record.cells])
  if (record.status === 1) expect(view.validUntil).toBe(record.validUntil)
  for (const [index, meter] of view.usage.meters.entries()) {
    const [total, window, inWindow] = await stack.client.readContract({
      ...on,
      ...{ functionName: 'meterOf', args: [sessionId, BigInt(index)] },
    })
    expect(meter).toEqual({
      ...{ total: String(total), window: Number(window) },
      inWindow: String(inWindow),
    })
  }
  return view
}

describe('limits', () => {
  test('behavior: value and sums are counted at admission with what is on its way, and mirrored', async () => {
    const player = await newPlayer()
    await stack.anvil('anvil_setBalance', [player.account, '0xffff'])
    const first = await player.send(await payment(player, 40n, 5n))
    expect(await codeOf(player.send(await payment(player, 21n, 0n)))).toBe(
      'argument_period_sum_exceeded',
    )
    expect(await codeOf(player.send(await payment(player, 1n, 6n)))).toBe(
      'value_limit_exceeded',
    )
    expect(await codeOf(player.send(await payment(player, 1n, 7n)))).toBe(
      'value_per_call_exceeded',
    )
    const second = await player.send(await payment(player, 20n, 5n))
    expect(await settleAll([first, second])).toEqual(['confirmed', 'confirmed'])
    const view = await mirrored(player.sessionId)
    expect(view.permissions[2]).toMatchObject({
      ...{ name: 'Pay', calls: 2, callsInPeriod: 2 },
      ...{ valueWei: '10', valueInPeriodWei: '10' },
      sums: [{ total: '60', inPeriod: '60' }],
    })
    expect(await codeOf(player.send(await payment(player, 1n, 0n)))).toBe(
      'argument_period_sum_exceeded',
    )
  })

  test('behavior: what a failed intent had reserved is free again', async () => {
    const player = await newPlayer()
    const id = await player.send(await payment(player, 60n, 1n))
    expect(await codeOf(player.send(await payment(player, 1n, 0n)))).toBe(
      'argument_period_sum_exceeded',
    )
    // The account owns nothing that it could pay with.
    expect(await settleAll([id])).toEqual(['call_reverted'])
    const again = await player.send(await payment(player, 60n, 0n))
    expect(await settleAll([again])).toEqual(['confirmed'])
    await mirrored(player.sessionId)
  })

  test('behavior: spent tokens are counted at admission with what is on its way, and mirrored', async () => {
    const player = await newPlayer()
    const id = await player.send(await transfer(player, 70n))
    expect(await codeOf(player.send(await transfer(player, 31n)))).toBe(
      'spend_limit_exceeded',
    )
    expect(await settleAll([id])).toEqual(['confirmed'])
    const { spends } = await mirrored(player.sessionId)
    expect(spends).toMatchObject([{ token: TOKEN, spent: '70' }])
    expect(await codeOf(player.send(await transfer(player, 31n)))).toBe(
      'spend_limit_exceeded',
    )
    const last = await player.send(await transfer(player, 30n))
    expect(await settleAll([last])).toEqual(['confirmed'])
    await mirrored(player.sessionId)
  })

  test('error: arguments that a rule excludes', async () => {
    const player = await newPlayer()
    expect(await codeOf(player.send(await player.move(4)))).toBe(
      'argument_not_allowed',
    )
    expect(await codeOf(player.send(await player.mint(8n)))).toBe(
      'argument_not_allowed',
    )
  })
})

describe('own terms', () => {
  const change = (
    index: number,
    fields: Partial<Permission>,
  ): Partial<Terms> => ({
    permissions: terms.permissions.map((permission, at) =>
      at === index ? { ...permission, ...fields } : permission,
    ),
  })
  const cases: [string, () => Partial<Terms>, string][] = [
    ['fewer calls', () => change(0, { maxCalls: 3_000 }), 'accepted'],
    [
      'fewer functions',
      () => ({ permissions: terms.permissions.slice(0, 1) }),
      'accepted',
    ],
    ['no rule', () => change(0, { rules: [] }), 'wider_than_policy'],
    [
      'a wider rule',
      () => change(1, { rules: ['arg0 <= 8'] }),
      'wider_than_policy',
    ],
    [
      'more in a period',
      () => change(0, { maxCallsPerPeriod: 3_001 }),
      'wider_than_policy',
    ],
    [
      'more tokens',
      () => ({
        spendLimits: terms.spendLimits.map((limit) => ({
          ...limit,
          maxAmount: 101n,
        })),
      }),
      'wider_than_policy',
    ],
    ['no spend limit', () => ({ spendLimits: [] }), 'spend_limit_missing'],
    [
      'the relay itself',
      () => change(0, { to: localAccounts.relayer.address }),
      'forbidden_target',
    ],
    [
      'SessionManager',
      () => change(0, { to: stack.context.sessionManager }),
      'forbidden_target',
    ],
  ]
  test.each(cases)('param: with %s', async (_, own, code) => {
    const player = new TestPlayer()
    const granted = player.grantTerms({ ...terms, ...own() })
    expect(await codeOf(granted)).toBe(code)
    if (code !== 'accepted') return
    const id = await player.send(await player.step())
    expect(await settleAll([id])).toEqual(['confirmed'])
    await mirrored(player.sessionId)
  })
})

describe('several sessions in one signature', () => {
  test('behavior: a new key ends the old one with its first move', async () => {
    const old = await newPlayer()
    await settleAll([await old.send(await old.step())])
    const next = new TestPlayer(old.wallet)
    await next.grant(3_600, [old.sessionId])
    const first = await next.send(await next.step())
    const late = await old.send(await old.step())
    const [status] = await settleAll([first])
    expect(status).toBe('confirmed')
    expect((await settled(late)).status).toBe('rejected')
    expect(await mirrored(old.sessionId)).toMatchObject({
      ...{ status: 'revoked', revokedBy: 'you' },
    })
    expect((await mirrored(next.sessionId)).state).toBe('active')
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
    await settleAll([await old.send(await old.step())])
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
    expect(await settleAll(ids)).toEqual(['call_reverted', 'call_reverted'])
    for (const { sessionId } of results)
      expect((await mirrored(sessionId)).status).toBe('active')
    expect((await mirrored(old.sessionId)).status).toBe('revoked')
  })
})

describe('renewals and periods, as time goes by', () => {
  async function pass(seconds: number): Promise<void> {
    await stack.anvil('evm_increaseTime', [seconds])
    await stack.anvil('evm_mine')
    const before = await readChainSeconds(stack.database)
    worker = await stack.startWorker()
    await expect
      .poll(() => readChainSeconds(stack.database), { timeout: 5_000 })
      .toBeGreaterThanOrEqual(before + seconds - 2)
    await worker.stop()
    worker = null
  }

  test('behavior: the next move carries a later end; what was used stays used', async () => {
    const player = await newPlayer()
    await settleAll([await player.send(await player.step())])
    const before = await mirrored(player.sessionId)
    await player.renew(7_200)
    const validUntil = player.session?.validUntil ?? 0
    expect(await getSessionView(player.sessionId)).toMatchObject({
      ...{ validUntil: before.validUntil, state: 'active' },
      renewal: { validUntil, error: null },
    })
    const id = await player.send(await player.step())
    expect(await settleAll([id])).toEqual(['confirmed'])
    const view = await mirrored(player.sessionId)
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
    await settleAll([await player.send(await player.step())])
    const before = await mirrored(player.sessionId)
    await player.renew(7_200)
    await stack.database.prisma.sessionGrant.updateMany({
      where: {
        sessionId: player.sessionId,
        validUntil: { gt: before.validUntil },
      },
      data: { signature: `0x${'11'.repeat(65)}` },
    })
    const id = await player.send(await player.step())
    expect(await settleAll([id])).toEqual(['confirmed'])
    const view = await mirrored(player.sessionId)
    expect(view).toMatchObject({
      ...{ validUntil: before.validUntil, state: 'active', grantError: null },
      renewal: { error: 'invalid_signature' },
    })
    await player.renew(7_300)
    const next = await player.send(await player.step())
    expect(await settleAll([next])).toEqual(['confirmed'])
    expect((await mirrored(player.sessionId)).renewal).toBeNull()
  })

  test('error: a renewal of a session that ends, that never began, or of someone else', async () => {
    const player = await newPlayer()
    const wish = { sessionId: player.sessionId, durationSeconds: 7_200 }
    expect(await codeOf(prepareRenewal(wish))).toBe('session_not_active')
    const userId = await recordLogin(stack.database, demoPeople.studio)
    const other = (await loadActor(stack.database, userId)) as Actor
    expect(await codeOf(prepareRenewal(wish, other))).toBe('session_unknown')
    await settleAll([await player.send(await player.step())])
    const next = new TestPlayer(player.wallet)
    await next.grant(3_600, [player.sessionId])
    await settleAll([await next.send(await next.step())])
    expect(await codeOf(prepareRenewal(wish))).toBe('session_revoked')
  })

  test('behavior: calls per period are counted with what is on its way, until the next period; a session that is over is renewed', async () => {
    const player = new TestPlayer()
    const [move] = terms.permissions
    if (!move) throw new Error('no moves')
    const slow = { ...move, maxCallsPerPeriod: 3 }
    await player.grantTerms({ ...terms, permissions: [slow] })
    const ids: Hex[] = []
    for (const _ of [1, 2, 3]) ids.push(await player.send(await player.step()))
    const refused = await player
      .send(await player.step())
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'call_period_limit_exceeded',
      details: { used: '3', maxCallsPerPeriod: 3 },
    })
    expect(await settleAll(ids)).toEqual(ids.map(() => 'confirmed'))
    expect((await mirrored(player.sessionId)).permissions[0]).toMatchObject({
      ...{ calls: 3, callsInPeriod: 3 },
    })
    expect(await codeOf(player.send(await player.step()))).toBe(
      'call_period_limit_exceeded',
    )
    await pass(3_601)
    expect(await codeOf(player.send(await player.step()))).toBe(
      'session_expired',
    )
    expect((await mirrored(player.sessionId)).state).toBe('expired')
    await player.renew(600)
    const id = await player.send(await player.step())
    expect(await settleAll([id])).toEqual(['confirmed'])
    const view = await mirrored(player.sessionId)
    expect(view.usage.cells.slice(0, 3)).toEqual([4, 1, 1])
    expect(view).toMatchObject({
      ...{ state: 'active', permissions: [{ calls: 4, callsInPeriod: 1 }] },
    })
  })
})
