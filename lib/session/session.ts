import type { Address, Hex } from 'viem'
import type { Permission, PermissionJson } from '../permission/permission'

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
  /** 1 to 8. */
  permissions: Permission[]
}

export type SessionJson = Omit<Session, 'permissions'> & {
  permissions: PermissionJson[]
}

/** A signed session: everything anyone needs to enable it on chain. A portable object. */
export type Grant = {
  session: Session
  /** ERC-7913 signer from which the factory creates the account if it has no code. */
  owner: Hex
  /** The account's ERC-1271 signature over the session. */
  signature: Hex
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
