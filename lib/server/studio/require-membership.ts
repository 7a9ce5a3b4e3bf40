import type { Actor } from '@/lib/auth/roles'
import { PlaykeyError } from '@/lib/errors/base-error'
import { getDatabase } from '../db/database'

/** @throws PlaykeyError `not_found` when the actor is no member, the same as for a studio that does not exist. */
export function requireMembership(
  actor: Actor,
  studioSlug: string,
): { id: string; slug: string } {
  const studio = actor.studios.find(({ slug }) => slug === studioSlug)
  if (!studio) throw new PlaykeyError('not_found')
  return studio
}

/** The game, when the actor belongs to its studio. @throws PlaykeyError `not_found` */
export async function requireGame(
  actor: Actor,
  gameSlug: string,
): Promise<{ id: string; studioId: string; slug: string }> {
  const game = await getDatabase().prisma.game.findFirst({
    where: {
      slug: gameSlug,
      studioId: { in: actor.studios.map(({ id }) => id) },
    },
    select: { id: true, studioId: true, slug: true },
  })
  if (!game) throw new PlaykeyError('not_found')
  return game
}
