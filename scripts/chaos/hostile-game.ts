import { setTimeout as sleep } from 'node:timers/promises'
import { type Address, encodeFunctionData, type Hex, parseAbi } from 'viem'
import type { Actor } from '@/lib/auth/roles'
import type { Call } from '@/lib/intent/intent'
import { makePermission } from '@/lib/permission/permission'
import { toPermissionJson } from '@/lib/permission/permission-json'
import { loadActor, recordLogin } from '@/lib/server/auth/load-actor'
import { getDatabase } from '@/lib/server/db/database'
import {
  demoPeople,
  demoSlugs,
  seedDatabase,
} from '@/lib/server/seed/seed-demo'
import { saveGameAction } from '@/lib/server/studio/edit-draft'
import { publishPolicy } from '@/lib/server/studio/publish-policy'

const abi = parseAbi([
  'function burn()',
  'function bomb()',
  'function tick(uint256)',
])

/** Loops until its gas is gone. */
const BURNER: Address = '0xb000000000000000000000000000000000000001'
/** Reverts with a megabyte. */
const BOMB: Address = '0xb000000000000000000000000000000000000002'
/** Takes every call. */
const CLOCK: Address = '0xb000000000000000000000000000000000000003'

const PUBLISHED_MS = 180_000

/** How often a session may call `tick`. */
export const TICKS_MAX = 20

export const burn: Call = {
  ...{ to: BURNER, value: 0n },
  data: encodeFunctionData({ abi, functionName: 'burn' }),
}
export const bomb: Call = {
  ...{ to: BOMB, value: 0n },
  data: encodeFunctionData({ abi, functionName: 'bomb' }),
}
export const tick: Call = {
  ...{ to: CLOCK, value: 0n },
  data: encodeFunctionData({ abi, functionName: 'tick', args: [1n] }),
}

/** Seeds the demo and publishes a second policy of its game, which also allows functions that no honest game has. @returns its id */
export async function publishHostileGame(
  anvil: (method: string, params: unknown[]) => Promise<unknown>,
): Promise<Hex> {
  await anvil('anvil_setCode', [BURNER, '0x5b5f56'])
  await anvil('anvil_setCode', [BOMB, '0x620fffff5ffd'])
  await anvil('anvil_setCode', [CLOCK, '0x00'])
  const database = getDatabase()
  await seedDatabase(database)
  const userId = await recordLogin(database, demoPeople.studio)
  const studio = (await loadActor(database, userId)) as Actor
  const { id, draftRevision } = await database.prisma.game.findUniqueOrThrow({
    where: { slug: demoSlugs.game },
  })
  const actions = [
    { name: 'Burn', to: BURNER, signature: 'burn()', maxCalls: 1_000 },
    { name: 'Bomb', to: BOMB, signature: 'bomb()', maxCalls: 1_000 },
    {
      name: 'Tick',
      to: CLOCK,
      signature: 'tick(uint256)',
      maxCalls: TICKS_MAX,
    },
  ]
  let revision = draftRevision
  for (const { name, ...terms } of actions) {
    const permission = toPermissionJson(makePermission(terms))
    const draft = await saveGameAction(
      ...([studio, demoSlugs.game] as const),
      { name, description: '', gasLimit: 100_000, permission },
      revision,
    )
    revision = draft.draftRevision
  }
  const { policyId } = await publishPolicy(studio, demoSlugs.game, revision)
  for (const deadline = Date.now() + PUBLISHED_MS; ; await sleep(50)) {
    const policy = await database.prisma.policy.findFirst({
      where: { gameId: id },
      orderBy: { version: 'desc' },
    })
    if (policy?.status === 'published') return policyId
    if (policy?.status === 'failed' || Date.now() > deadline)
      throw new Error(`the hostile policy is ${policy?.status ?? 'not there'}`)
  }
}
