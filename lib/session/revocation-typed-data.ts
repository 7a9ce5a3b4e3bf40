import {
  type Address,
  type Hex,
  hashTypedData,
  type TypedDataDefinition,
} from 'viem'
import { type SigningDomain, typedDataDomain } from './typed-data-domain'

/** EIP-712 types of a revocation. */
export const revocationTypes = {
  Revocation: [
    { name: 'account', type: 'address' },
    { name: 'sessionId', type: 'bytes32' },
  ],
} as const

/** What ends a session: signed by the account's owner or by the session key itself. Anyone may submit it; it never expires because it only takes power away. */
export function revocationTypedData({
  account,
  sessionId,
  ...domain
}: { account: Address; sessionId: Hex } & SigningDomain): TypedDataDefinition<
  typeof revocationTypes,
  'Revocation'
> {
  return {
    domain: typedDataDomain(domain),
    types: revocationTypes,
    primaryType: 'Revocation',
    message: { account, sessionId },
  }
}

/** Digest of `revocationTypedData`; a P-256 key signs `sha256` of it. */
export function hashRevocation(
  input: { account: Address; sessionId: Hex } & SigningDomain,
): Hex {
  return hashTypedData(revocationTypedData(input))
}
