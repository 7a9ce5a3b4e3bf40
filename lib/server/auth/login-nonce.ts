import { randomBytes } from 'node:crypto'
import type { Database } from '../db/database'

/** How long a login nonce can be used. */
export const LOGIN_NONCE_TTL_SECONDS = 300

/** A fresh single-use nonce for Sign-In with Ethereum (EIP-4361), stored before it is returned. Old ones are swept on the way. */
export async function issueLoginNonce(
  database: Database,
): Promise<{ nonce: string; expiresAt: string }> {
  const nonce = randomBytes(16).toString('hex')
  const expiresAt = new Date(Date.now() + LOGIN_NONCE_TTL_SECONDS * 1000)
  await database.prisma.loginNonce.deleteMany({
    where: { expiresAt: { lt: new Date() } },
  })
  await database.prisma.loginNonce.create({ data: { nonce, expiresAt } })
  return { nonce, expiresAt: expiresAt.toISOString() }
}

/** Uses up `nonce`. False when it is unknown, already used or expired; of two callers at once exactly one gets true. */
export async function consumeLoginNonce(
  database: Database,
  nonce: string,
): Promise<boolean> {
  const { rows } = await database.pool.query<{ fresh: boolean }>(
    `DELETE FROM "LoginNonce" WHERE nonce = $1
     RETURNING "expiresAt" > now() AS fresh`,
    [nonce],
  )
  return rows[0]?.fresh === true
}
