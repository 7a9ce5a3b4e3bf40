import type { Actor } from '@/lib/auth/roles'
import { loadActor, recordLogin } from '@/lib/server/auth/load-actor'
import { getDeployment } from '@/lib/server/chain/deployment'
import { getDatabase, setDatabase } from '@/lib/server/db/database'
import { demoPeople, seedDatabase } from '@/lib/server/seed/seed-demo'
import { findGameForPlay } from '@/lib/server/session/get-game'
import { publishPolicy } from '@/lib/server/studio/publish-policy'
import type { Venue } from './load/join-players'

const MOVES_MAX = 500_000
const PUBLISH_TIMEOUT_MS = 30_000

/** Seeds the demo and publishes a policy of Delve with more moves than a bench needs. The worker has to run. */
export async function openVenue(
  appUrl: string,
  rpcUrl: string,
): Promise<Venue> {
  const database = getDatabase()
  try {
    await seedDatabase(database)
    const { chainId, sessionManager } = getDeployment()
    return {
      ...{ relayUrl: `${appUrl}/api/relay`, eventsUrl: `${appUrl}/api/events` },
      ...{ rpcUrl, policyId: await publishBenchPolicy() },
      domain: { chainId, sessionManager },
    }
  } finally {
    await database.close()
    setDatabase(undefined)
  }
}

async function publishBenchPolicy(): Promise<`0x${string}`> {
  const database = getDatabase()
  const game = await database.prisma.game.findUniqueOrThrow({
    where: { slug: 'delve' },
  })
  await database.prisma.gameAction.updateMany({
    where: { gameId: game.id, signature: 'move(uint8)' },
    data: { maxCalls: MOVES_MAX, period: 0, maxCallsPerPeriod: 0 },
  })
  const userId = await recordLogin(database, demoPeople.studio)
  const studio = (await loadActor(database, userId)) as Actor
  const { policyId } = await publishPolicy(studio, 'delve', game.draftRevision)
  const deadline = Date.now() + PUBLISH_TIMEOUT_MS
  while ((await findGameForPlay('delve'))?.policy?.id !== policyId) {
    if (Date.now() > deadline) throw new Error('the policy is not published')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return policyId
}
