import type { Actor } from '@/lib/auth/roles'
import type { StudioSummary } from '@/lib/policy/studio-view'
import { getDatabase } from '../db/database'

/** Studios that the actor belongs to, by name. */
export async function listStudios(actor: Actor): Promise<StudioSummary[]> {
  const studios = await getDatabase().prisma.studio.findMany({
    where: { id: { in: actor.studios.map(({ id }) => id) } },
    select: { slug: true, name: true, _count: { select: { games: true } } },
    orderBy: { name: 'asc' },
  })
  return studios.map(({ slug, name, _count }) => ({
    slug,
    name,
    games: _count.games,
  }))
}
