import {
  type Address,
  concatHex,
  encodeAbiParameters,
  type Hex,
  keccak256,
  pad,
} from 'viem'

/** Longest list of revokers that the registry takes. */
export const MAX_REVOKERS = 16

/** Everything a policy id commits to. */
export type PolicyIdentity = {
  /** Wallet that may pause and unpause. */
  owner: Address
  /** Who else may revoke sessions and pause, in order. */
  revokers: readonly Address[]
  maxDurationSeconds: number
  /** EIP-712 struct hash of the terms. */
  termsHash: Hex
  documentHash: Hex
}

/** Content hash that the registry keys a policy by. Same inputs, same id, on every chain. */
export function computePolicyId(identity: PolicyIdentity): Hex {
  const words = identity.revokers.map((revoker) => pad(revoker, { size: 32 }))
  return keccak256(
    encodeAbiParameters(
      [
        { type: 'address' },
        { type: 'bytes32' },
        { type: 'uint24' },
        { type: 'bytes32' },
        { type: 'bytes32' },
      ],
      [
        identity.owner,
        keccak256(concatHex(words)),
        identity.maxDurationSeconds,
        identity.termsHash,
        identity.documentHash,
      ],
    ),
  )
}
