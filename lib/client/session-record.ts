import type { Address, Hex } from 'viem'
import type { SessionJson } from '@/lib/session/session'

/** What a browser remembers about a session whose key it holds. No secret: the private key lies beside it, unreadable. */
export type SessionRecord = {
  /** Names the key: the 64-byte public key. */
  publicKey: Hex
  sessionId: Hex
  chainId: number
  sessionManager: Address
  /** Wallet that granted. */
  owner: Address
  gameSlug: string
  /** What the owner signed. */
  session: SessionJson
  createdAtMs: number
}

/** Whether a record belongs to this deployment, player and game. */
export function matchesRecord(
  record: SessionRecord,
  wanted: Pick<
    SessionRecord,
    'chainId' | 'sessionManager' | 'owner' | 'gameSlug'
  >,
): boolean {
  return (
    record.chainId === wanted.chainId &&
    record.sessionManager.toLowerCase() ===
      wanted.sessionManager.toLowerCase() &&
    record.owner.toLowerCase() === wanted.owner.toLowerCase() &&
    record.gameSlug === wanted.gameSlug
  )
}
