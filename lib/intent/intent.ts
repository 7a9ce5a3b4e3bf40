import type { Address, Hex } from 'viem'

/** One call of an intent. */
export type Call = { to: Address; value: bigint; data: Hex }

/** What the session key signs (EIP-712 `Intent`). */
export type Intent = {
  account: Address
  sessionId: Hex
  /** Nonce lane, 0 to 2^32-1. Lane 0 costs no storage slot of its own. */
  lane: number
  /** Next unused number of the lane, from 0. */
  sequence: number
  /** 1 to 32, executed all or nothing. */
  calls: Call[]
  /** Unix seconds, exclusive, at most 15 minutes ahead. */
  expiry: number
  /** Gas the account's execution may use. */
  callGas: number
}

/** An intent with the session key's signature (64 bytes; P-256 `r ‖ s` low-s, secp256k1 `r ‖ yParityAndS`). */
export type SignedIntent = { intent: Intent; signature: Hex }

/** Stored status of an intent; mapped to EIP-5792 in one place. */
export type IntentStatus =
  | 'queued'
  | 'submitted'
  | 'confirmed'
  | 'reverted'
  | 'rejected'
