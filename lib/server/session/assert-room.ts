import type { Address, Hex } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { Prisma } from '../db/database'

/** Sessions of one account that have not ended. */
export const SESSIONS_MAX = 100
/** Of these, sessions that were signed and have not been used yet. */
export const UNUSED_SESSIONS_MAX = 20

/**
 * Refuses a session that was just stored when its account has too many. Locks the account's row, so that of several
 * at once each counts those before it. Not counted: sessions that have ended or end with the same signature, and those
 * that were never used and whose grant the chain takes no more.
 * @throws PlaykeyError `too_many_sessions` or `too_many_unused_sessions`
 */
export async function assertRoom(
  transaction: Prisma.TransactionClient,
  session: { sessionId: Hex; account: Address; endedIds: readonly Hex[] },
  nowSeconds: number,
): Promise<void> {
  const { sessionId, account, endedIds } = session
  await transaction.$queryRaw`
    SELECT 1 FROM "Account" WHERE address = ${account} FOR NO KEY UPDATE`
  const [others] = await transaction.$queryRaw<
    { all: number; unused: number }[]
  >`
    SELECT count(*)::int AS all, count(*) FILTER (WHERE status = 'pending')::int AS unused
    FROM "Session" s
    WHERE "accountAddress" = ${account} AND id <> ${sessionId} AND id <> ALL(${[...endedIds]}::text[])
      AND status <> 'revoked' AND "revokeRequestedAt" IS NULL
      AND (CASE status WHEN 'active' THEN "validUntil" > ${nowSeconds} ELSE EXISTS (
        SELECT 1 FROM "SessionGrant" g
        WHERE g."sessionId" = s.id AND g.error IS NULL AND g.deadline > ${nowSeconds}) END)`
  if (!others) return
  if (others.unused >= UNUSED_SESSIONS_MAX)
    throw new PlaykeyError('too_many_unused_sessions', {
      details: { max: UNUSED_SESSIONS_MAX },
    })
  if (others.all >= SESSIONS_MAX)
    throw new PlaykeyError('too_many_sessions', {
      details: { max: SESSIONS_MAX },
    })
}
