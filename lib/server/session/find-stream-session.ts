import type { Hex } from 'viem'
import { getDatabase } from '../db/database'

/** What a stream of events needs to know of its session; null when there is none. */
export async function findStreamSession(
  id: Hex,
): Promise<{ id: Hex; policyId: string | null } | null> {
  const row = await getDatabase().prisma.session.findUnique({
    where: { id },
    select: { policyId: true },
  })
  return row ? { id, policyId: row.policyId } : null
}
