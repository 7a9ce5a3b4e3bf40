import type { Address } from 'viem'
import type { Policy } from '@/lib/policy/policy'
import { getDatabase } from '../db/database'
import { toPolicy } from '../studio/game-record'

/** A game as its page needs it. */
export type GameForPlay = {
  slug: string
  name: string
  tagline: string
  studio: { slug: string; name: string }
  contract: Address
  /** Newest published version; null while there is none. */
  policy: Policy | null
}

/** The game with its newest published policy, or null. */
export async function findGameForPlay(
  gameSlug: string,
): Promise<GameForPlay | null> {
  const game = await getDatabase().prisma.game.findUnique({
    where: { slug: gameSlug },
    include: {
      studio: { select: { slug: true, name: true } },
      policies: {
        where: { status: 'published' },
        orderBy: { version: 'desc' },
        take: 1,
      },
    },
  })
  if (!game) return null
  const { slug, name, tagline, studio, contract } = game
  const newest = game.policies[0]
  return {
    ...{ slug, name, tagline, studio },
    contract: contract as Address,
    policy: newest ? toPolicy(newest) : null,
  }
}

/** Games that can be played, by name, at most 50. */
export async function listGames(): Promise<
  { slug: string; name: string; tagline: string; studioName: string }[]
> {
  const games = await getDatabase().prisma.game.findMany({
    where: { policies: { some: { status: 'published' } } },
    include: { studio: { select: { name: true } } },
    orderBy: { name: 'asc' },
    take: 50,
  })
  return games.map(({ slug, name, tagline, studio }) => ({
    ...{ slug, name, tagline },
    studioName: studio.name,
  }))
}
