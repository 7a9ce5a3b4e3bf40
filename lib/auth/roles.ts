import type { Address } from 'viem'

/** A studio that an actor belongs to. */
export type ActorStudio = { id: string; slug: string }

/** Who is asking: made from the login cookie and the database at every privileged request. */
export type Actor = {
  userId: string
  /** Owner wallet, checksummed. */
  address: Address
  isAdmin: boolean
  studios: ActorStudio[]
}

/** Studio of that slug if the actor belongs to it, else null. */
export function findActorStudio(
  actor: Actor,
  slug: string,
): ActorStudio | null {
  return actor.studios.find((studio) => studio.slug === slug) ?? null
}
