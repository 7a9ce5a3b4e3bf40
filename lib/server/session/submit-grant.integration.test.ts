import { type Address, getAddress } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { TestPlayer } from '@/scripts/test/test-player'
import { loadActor, recordLogin } from '../auth/load-actor'
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
