import type { Database } from '../db/database'

/** Number of the newest block that is final, as the mirror last saw it; -1 when there is none. */
export async function readFinalNumber({ prisma }: Database): Promise<bigint> {
  const head = await prisma.chainHead.findUnique({
    where: { id: 1 },
    select: { finalNumber: true },
  })
  return head?.finalNumber ?? -1n
}
