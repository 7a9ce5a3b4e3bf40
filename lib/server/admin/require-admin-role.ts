import type { Actor } from '@/lib/auth/roles'
import { PlaykeyError } from '@/lib/errors/base-error'

/** @throws PlaykeyError `not_found` when the actor is no admin: what staff can do looks the same as nothing. */
export function requireAdminRole(actor: Actor): void {
  if (!actor.isAdmin) throw new PlaykeyError('not_found')
}
