import type { Address } from 'viem'
import type { Actor } from '@/lib/auth/roles'
import { getServerEnv } from '@/lib/config/env'
import type { Database } from '../db/database'

/** The person with their roles as they are now: admins from the environment, studios from the database. Null when the user is gone. */
export async function loadActor(
  database: Database,
  userId: string,
): Promise<Actor | null> {
  const user = await database.prisma.user.findUnique({
    where: { id: userId },
    select: {
      id: true,
      address: true,
      memberships: { select: { studio: { select: { id: true, slug: true } } } },
    },
  })
  if (!user) return null
  return {
    userId: user.id,
    address: user.address as Address,
    isAdmin: isAdminAddress(user.address),
    studios: user.memberships.map(({ studio }) => studio),
  }
}

/** Makes the user at their first login, and notes the time of later ones. Returns the user's id. */
export async function recordLogin(
  database: Database,
  address: Address,
): Promise<string> {
  const user = await database.prisma.user.upsert({
    where: { address },
    create: { address },
    update: { lastLoginAt: new Date() },
    select: { id: true },
  })
  return user.id
}

function isAdminAddress(address: string): boolean {
  const admins = getServerEnv().ADMIN_ADDRESSES
  return admins.some((admin) => admin.toLowerCase() === address.toLowerCase())
}
