import { setTimeout as sleep } from 'node:timers/promises'
import type { Address } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { delveAddress } from '@/lib/contracts/addresses'
import { PlaykeyError } from '@/lib/errors/base-error'
import { loadActor } from '../auth/load-actor'
import { type Database, getDatabase, setDatabase } from '../db/database'
import { publishPolicy } from '../studio/publish-policy'

/** Everybody's test phrase: the demo's people exist on local chains only. */
const PHRASE = 'test test test test test test test test test test test junk'
const PUBLISH_TIMEOUT_MS = 60_000

/** The demo's people, as accounts of the public test phrase. */
export const demoPeople = {
  studio: addressAt(1),
  admin: addressAt(2),
  player: addressAt(3),
} as const

/** Slugs of the demo. */
export const demoSlugs = { studio: 'lantern', game: 'delve' } as const

const actions = [
  {
    name: 'Move',
    description: 'Walk one step in the dungeon and pick up gems.',
    signature: 'move(uint8)',
    maxCalls: 5_000,
    // More than anyone walks; a stolen key gets no further.
    period: 3_600,
    maxCallsPerPeriod: 3_000,
    rules: ['arg0 in 0..3'],
    gasLimit: 120_000,
  },
  {
    name: 'Mint',
    description: 'Turn gems you found into a relic you keep.',
    signature: 'mint(uint256)',
    maxCalls: 20,
    period: 0,
    maxCallsPerPeriod: 0,
    rules: ['arg0 <= 7'],
    gasLimit: 200_000,
  },
]

/**
 * Brings the demo studio, game and people into this process's database, and publishes the first policy through the
 * worker, which has to run. Idempotent; what the studio changed since stays.
 */
export async function seedDemo(): Promise<void> {
  const database = getDatabase()
  try {
    await seedDatabase(database)
  } finally {
    await database.close()
    setDatabase(undefined)
  }
}

/** As `seedDemo`, in an open database. */
export async function seedDatabase(database: Database): Promise<void> {
  const { prisma } = database
  for (const address of Object.values(demoPeople))
    await prisma.user.upsert({
      where: { address },
      create: { address },
      update: {},
    })
  await seedStudio(database)
  const game = await prisma.game.findUniqueOrThrow({
    where: { slug: demoSlugs.game },
    include: { policies: { orderBy: { version: 'desc' }, take: 1 } },
  })
  if (!game.policies[0] || game.policies[0].status === 'failed')
    await publishFirst(database, game.draftRevision)
  await waitUntilPublished(database, game.id)
}

async function seedStudio({ prisma }: Database): Promise<void> {
  const owner = await prisma.user.findUniqueOrThrow({
    where: { address: demoPeople.studio },
  })
  const studio = await prisma.studio.upsert({
    where: { slug: demoSlugs.studio },
    create: {
      slug: demoSlugs.studio,
      name: 'Lantern Games',
      ownerAddress: demoPeople.studio,
      members: { create: { userId: owner.id } },
    },
    update: {},
  })
  const game = await prisma.game.findUnique({ where: { slug: demoSlugs.game } })
  if (game?.contract === delveAddress) return
  const limits = { contract: delveAddress, maxValuePerCall: 0, maxValue: 0 }
  const rows = actions.map((action, position) => ({
    ...action,
    ...limits,
    position,
  }))
  await prisma.game.upsert({
    where: { slug: demoSlugs.game },
    create: {
      studioId: studio.id,
      slug: demoSlugs.game,
      name: 'Delve',
      tagline: 'A dungeon shared by everyone. Every step is on chain.',
      contract: delveAddress,
      maxDurationSeconds: 86_400,
      actions: { create: rows },
    },
    update: {
      contract: delveAddress,
      draftRevision: { increment: 1 },
      actions: { deleteMany: {}, create: rows },
    },
  })
}

async function publishFirst(
  database: Database,
  draftRevision: number,
): Promise<void> {
  const user = await database.prisma.user.findUniqueOrThrow({
    where: { address: demoPeople.studio },
  })
  const actor = await loadActor(database, user.id)
  if (!actor) throw new PlaykeyError('not_found')
  await publishPolicy(actor, demoSlugs.game, draftRevision)
}

async function waitUntilPublished(
  { prisma }: Database,
  gameId: string,
): Promise<void> {
  const deadline = Date.now() + PUBLISH_TIMEOUT_MS
  for (;;) {
    const policy = await prisma.policy.findFirst({
      where: { gameId },
      orderBy: { version: 'desc' },
    })
    if (policy?.status === 'published') return
    if (policy?.status === 'failed' || Date.now() > deadline)
      throw new Error('The demo policy could not be published on chain.')
    await sleep(100)
  }
}

function addressAt(addressIndex: number): Address {
  return mnemonicToAccount(PHRASE, { addressIndex }).address
}
