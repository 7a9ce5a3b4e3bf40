import 'server-only'
import { notFound, redirect } from 'next/navigation'
import { getServerSession } from 'next-auth'
import { cache } from 'react'
import type { Actor } from '@/lib/auth/roles'
import { getDatabase } from '../db/database'
import { getAuthOptions } from './auth-options'
import { loadActor } from './load-actor'

/** Who is logged in, with roles re-read from the database; null when nobody is. The one place that reads the login cookie. */
export const getActor = cache(async (): Promise<Actor | null> => {
  const session = (await getServerSession(getAuthOptions())) as {
    userId?: string
  } | null
  return session?.userId ? loadActor(getDatabase(), session.userId) : null
})

/** For pages: the actor, or a redirect to the login page that leads back to `path`. */
export async function requireActor(path = '/'): Promise<Actor> {
  const actor = await getActor()
  if (!actor) redirect(`/login?callbackUrl=${encodeURIComponent(path)}`)
  return actor
}

/** For pages: an admin; anyone else gets the same 404 as for a page that does not exist. */
export async function requireAdmin(path = '/admin'): Promise<Actor> {
  const actor = await requireActor(path)
  if (!actor.isAdmin) notFound()
  return actor
}

/** For pages: a member of the studio; anyone else gets the same 404 as for a studio that does not exist. */
export async function requireStudio(
  slug: string,
  path = `/studio/${slug}`,
): Promise<{ actor: Actor; studio: { id: string; slug: string } }> {
  const actor = await requireActor(path)
  const studio = actor.studios.find((entry) => entry.slug === slug)
  if (!studio) notFound()
  return { actor, studio }
}
