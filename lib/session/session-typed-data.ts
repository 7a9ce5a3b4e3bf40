import { type Hex, hashTypedData, type TypedDataDefinition } from 'viem'
import type { Session } from './session'
import { schemeIds } from './session-id'
import { type SigningDomain, typedDataDomain } from './typed-data-domain'

/** EIP-712 types of a session, in the contract's order. */
export const sessionTypes = {
  Session: [
    { name: 'account', type: 'address' },
    { name: 'policyId', type: 'bytes32' },
    { name: 'key', type: 'Key' },
    { name: 'validAfter', type: 'uint40' },
    { name: 'validUntil', type: 'uint40' },
    { name: 'epoch', type: 'uint32' },
    { name: 'grantDeadline', type: 'uint40' },
    { name: 'permissions', type: 'Permission[]' },
  ],
  Key: [
    { name: 'scheme', type: 'uint8' },
    { name: 'publicKey', type: 'bytes' },
  ],
  Permission: [
    { name: 'to', type: 'address' },
    { name: 'signature', type: 'string' },
    { name: 'maxCalls', type: 'uint32' },
    { name: 'maxValuePerCall', type: 'uint128' },
    { name: 'maxValue', type: 'uint128' },
  ],
} as const

/** What the owner's wallet is asked to sign (EIP-712). Readable: function signatures, not selectors. */
export function sessionTypedData({
  session,
  ...domain
}: { session: Session } & SigningDomain): TypedDataDefinition<
  typeof sessionTypes,
  'Session'
> {
  return {
    domain: typedDataDomain(domain),
    types: sessionTypes,
    primaryType: 'Session',
    message: {
      account: session.account,
      policyId: session.policyId,
      key: {
        scheme: schemeIds[session.key.scheme],
        publicKey: session.key.publicKey,
      },
      validAfter: session.validAfter,
      validUntil: session.validUntil,
      epoch: session.epoch,
      grantDeadline: session.grantDeadline,
      permissions: session.permissions,
    },
  }
}

/** Digest of `sessionTypedData`. */
export function hashSession(input: { session: Session } & SigningDomain): Hex {
  return hashTypedData(sessionTypedData(input))
}
