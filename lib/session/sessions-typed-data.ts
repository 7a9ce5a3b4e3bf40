import {
  concatHex,
  type Hex,
  keccak256,
  type TypedDataDefinition,
  toHex,
} from 'viem'
import {
  PERMISSION_TYPE,
  SPEND_LIMIT_TYPE,
  TERMS_TYPE,
} from '../permission/hash-terms'
import type { Session } from './session'
import {
  KEY_TYPE,
  SESSION_TYPE,
  sessionTypes,
  structHashOfSession,
  toSessionMessage,
} from './session-typed-data'
import {
  digestOf,
  type SigningDomain,
  typedDataDomain,
} from './typed-data-domain'

/** EIP-712 types of several sessions in one signature. */
export const sessionsTypes = {
  Sessions: [
    { name: 'sessions', type: 'Session[]' },
    { name: 'ended', type: 'bytes32[]' },
  ],
  ...sessionTypes,
} as const

const sessionsTypeHash = keccak256(
  toHex(
    `Sessions(Session[] sessions,bytes32[] ended)${KEY_TYPE}${PERMISSION_TYPE}${SESSION_TYPE}${SPEND_LIMIT_TYPE}${TERMS_TYPE}`,
  ),
)

/** What one signature covers: sessions that start, and ids of sessions that end. One session and its old id is a rotation of the key. */
export type SessionBatch = {
  sessions: readonly Session[]
  /** Ids of sessions of the same accounts. */
  ended: readonly Hex[]
}

/** What the owner's wallet is asked to sign for several sessions (EIP-712). */
export function sessionsTypedData({
  sessions,
  ended,
  ...domain
}: SessionBatch & SigningDomain): TypedDataDefinition<
  typeof sessionsTypes,
  'Sessions'
> {
  return {
    domain: typedDataDomain(domain),
    types: sessionsTypes,
    primaryType: 'Sessions',
    message: { sessions: sessions.map(toSessionMessage), ended },
  }
}

/** Digest of several sessions of which only the struct hashes are known, all in order. */
export function hashSessionHashes({
  sessionHashes,
  ended,
  ...domain
}: {
  sessionHashes: readonly Hex[]
  ended: readonly Hex[]
} & SigningDomain): Hex {
  const struct = concatHex([
    sessionsTypeHash,
    keccak256(concatHex(sessionHashes)),
    keccak256(concatHex(ended)),
  ])
  return digestOf(keccak256(struct), domain)
}

/** Digest of `sessionsTypedData`. */
export function hashSessions({
  sessions,
  ...rest
}: SessionBatch & SigningDomain): Hex {
  return hashSessionHashes({
    sessionHashes: sessions.map(structHashOfSession),
    ...rest,
  })
}
