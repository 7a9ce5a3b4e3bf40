import type { Address, Hex } from 'viem'
import type { KeyScheme, SessionKey } from '@/lib/session/session'
import type { Database } from '../../db/database'
import { createBoundedMap } from './bounded-map'

/** Who may sign for a session. */
export type SessionSigner = { account: Address; key: SessionKey }

type Row = { account: Address; scheme: KeyScheme; publicKey: Hex }

/** A session's id is a hash of account and key, so they never change; those asked for last are kept. */
const SIGNERS_MAX = 20_000
const signers = createBoundedMap<Hex, SessionSigner>(SIGNERS_MAX)

/** Account and key of a session; null when there is no such session. */
export async function findSessionSigner(
  { pool }: Database,
  sessionId: Hex,
): Promise<SessionSigner | null> {
  const known = signers.get(sessionId)
  if (known) return known
  const { rows } = await pool.query<Row>({
    name: 'find-session-signer',
    text: `SELECT "accountAddress" AS account, "keyScheme" AS scheme, "publicKey"
           FROM "Session" WHERE id = $1`,
    values: [sessionId],
  })
  const row = rows[0]
  if (!row) return null
  const { account, scheme, publicKey } = row
  const signer = { account, key: { scheme, publicKey } }
  signers.set(sessionId, signer)
  return signer
}
