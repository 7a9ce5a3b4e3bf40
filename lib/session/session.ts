import type { Address, Hex } from 'viem'
import type { Terms, TermsJson } from '../permission/terms'

/** Signature scheme of a session key. `p256` signs `sha256(digest)`, as WebCrypto does. */
export type KeyScheme = 'p256' | 'secp256k1'

/** Public half of a session key. */
export type SessionKey = {
  scheme: KeyScheme
  /** p256: 64 bytes `x ‖ y` without prefix. secp256k1: the 20-byte address. */
  publicKey: Hex
}

/** What the owner signs (EIP-712 `Session`), and nothing that the contract does not enforce. */
export type Session = {
  /** ERC-7579 account that grants. */
  account: Address
  /** Published policy; zero hash for a session without one. */
  policyId: Hex
  key: SessionKey
  /** Unix seconds, inclusive. */
  validAfter: number
  /** Unix seconds, exclusive. */
  validUntil: number
  /** Session epoch of the account at the time of granting. */
  epoch: number
  /** Unix seconds, exclusive; the signature enables nothing from then on. */
  grantDeadline: number
  /** Everything the key may do. */
  terms: Terms
}

export type SessionJson = Omit<Session, 'terms'> & { terms: TermsJson }

/** A session that ends when another one starts: its id is computed from these, so nobody can name someone else's. */
export type EndedSession = {
  policyId: Hex
  tableHash: Hex
  epoch: number
  key: SessionKey
}

/** Place of a session among several that were signed at once (EIP-712 `Sessions`). */
export type GrantBatch = {
  /** Own place among all, from 0. */
  position: number
  /** Struct hashes of the others, in order. */
  otherHashes: Hex[]
  /** Sessions of the same account that end with the grant, in the order that was signed. */
  ended: EndedSession[]
}

/** A signed session: everything anyone needs to enable it on chain. A portable object. */
export type Grant = {
  session: Session
  /** ERC-7913 signer from which the factory creates the account if it has no code. */
  owner: Hex
  /** The account's ERC-1271 signature over the session, or over the batch. */
  signature: Hex
  /** Absent when the session was signed alone. */
  batch?: GrantBatch | undefined
}

/** Stored status. `expired` is derived from the clock, never stored. */
export type SessionStatus = 'pending' | 'active' | 'revoked'

/** State of a session as people see it at a point in time. */
export type SessionState =
  | 'pending'
  | 'active'
  | 'expiring'
  | 'expired'
  | 'revoked'
  | 'paused'
