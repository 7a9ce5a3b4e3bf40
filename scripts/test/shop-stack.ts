import { type Address, encodeFunctionData, type Hex, parseAbi } from 'viem'
import { expect, vi } from 'vitest'
import type { Actor } from '@/lib/auth/roles'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import type { Intent } from '@/lib/intent/intent'
import { makePermission, type Permission } from '@/lib/permission/permission'
import { toPermissionJson } from '@/lib/permission/permission-json'
import type { Terms } from '@/lib/permission/terms'
import { termsOf } from '@/lib/policy/policy-document'
import { loadActor, recordLogin } from '@/lib/server/auth/load-actor'
import { demoPeople } from '@/lib/server/seed/seed-demo'
import { findGameForPlay } from '@/lib/server/session/get-game'
import { getSessionView } from '@/lib/server/session/list-sessions'
import { saveGameAction, setSpendLimits } from '@/lib/server/studio/edit-draft'
import { publishPolicy } from '@/lib/server/studio/publish-policy'
import type { SessionView } from '@/lib/session/session-view'
import { type RelayStack, startRelayStack } from './relay-stack'
import { settled, type TestPlayer } from './test-player'

/** Takes every call and any value: code of one byte, STOP. */
const SHOP: Address = '0x5000000000000000000000000000000000000005'
/** Answers 0 to every call, as a token does where nobody owns any. */
const TOKEN: Address = '0x7000000000000000000000000000000000000007'
const abi = parseAbi([
  'function pay(uint256 amount)',
  'function transfer(address to, uint256 amount)',
])

/** A stack on which Delve's second policy has a shop that takes money and a token that may be spent. */
export type ShopStack = RelayStack & {
  /** Of that policy: move, mint, pay, transfer. */
  terms: Terms
  /** Sends what is queued, by a worker that is stopped when these intents are settled; their reasons, or statuses. */
  settleAll(ids: Hex[]): Promise<string[]>
  /** A session's view, of which chain and database say the same. */
  mirrored(sessionId: Hex): Promise<SessionView>
}

/** As `startRelayStack`, with the second policy published. */
export async function startShopStack(): Promise<ShopStack> {
  const stack = await startRelayStack()
  await stack.anvil('anvil_setCode', [SHOP, '0x00'])
  await stack.anvil('anvil_setCode', [TOKEN, '0x60206000f3'])
  return {
    ...stack,
    terms: await publishShop(stack),
    settleAll: (ids) => settleAll(stack, ids),
    mirrored: (sessionId) => mirrored(stack, sessionId),
  }
}

/** Code of the error that `work` ends with, or `accepted`. */
export function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  )
}

async function settleAll(stack: RelayStack, ids: Hex[]): Promise<string[]> {
  const worker = await stack.startWorker()
  const rows = await Promise.all(ids.map((id) => settled(id))).finally(() =>
    worker.stop(),
  )
  return rows.map(({ status, reason }) => reason ?? status)
}

/** An unsigned payment in the shop, which names an amount and sends wei. */
export async function payment(
  player: TestPlayer,
  amount: bigint,
  value: bigint,
): Promise<Intent> {
  const data = encodeFunctionData({ abi, functionName: 'pay', args: [amount] })
  return { ...(await player.move(0)), calls: [{ to: SHOP, value, data }] }
}

/** An unsigned transfer of tokens to the shop. */
export async function transfer(
  player: TestPlayer,
  amount: bigint,
): Promise<Intent> {
  const data = encodeFunctionData({
    ...{ abi, functionName: 'transfer', args: [SHOP, amount] },
  })
  return { ...(await player.move(0)), calls: [{ to: TOKEN, value: 0n, data }] }
}

async function mirrored(
  stack: RelayStack,
  sessionId: Hex,
): Promise<SessionView> {
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

/** Delve with a shop that takes money and a token that may be spent. */
async function publishShop(stack: RelayStack): Promise<Terms> {
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
  const worker = await stack.startWorker()
  await vi.waitFor(
    async () => {
      const newest = await findGameForPlay('delve')
      expect(newest?.policy?.document.version).toBe(2)
    },
    { timeout: 10_000 },
  )
  await worker.stop()
  const game = await findGameForPlay('delve')
  if (!game?.policy) throw new Error('no policy')
  return termsOf(game.policy.document)
}
