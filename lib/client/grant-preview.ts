import type { Address, Hex, TypedDataDefinition } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import { hashTerms } from '@/lib/permission/hash-terms'
import { assertPolicyIntegrity } from '@/lib/policy/build-policy'
import type { Policy } from '@/lib/policy/policy'
import { computeAccountAddress } from '@/lib/session/account-address'
import {
  describeSession,
  type SessionDescription,
} from '@/lib/session/describe-session'
import type { Session, SessionJson, SessionKey } from '@/lib/session/session'
import { fromSessionJson } from '@/lib/session/session-json'
import {
  sessionTypedData,
  type sessionTypes,
} from '@/lib/session/session-typed-data'
import type { SigningDomain } from '@/lib/session/typed-data-domain'

/** What the player is asked to sign, and what it means. */
export type GrantPreview = {
  session: Session
  /** ERC-7913 signer. */
  owner: Hex
  /** Generated from `session`. */
  description: SessionDescription
  typedData: TypedDataDefinition<typeof sessionTypes, 'Session'>
}

export type PreviewInput = {
  /** What the server proposes. Not trusted. */
  proposal: { session: SessionJson; owner: Hex }
  key: SessionKey
  policy: Policy
  durationSeconds: number
  domain: SigningDomain
  factory: Address
  /** Wallet that will sign. */
  ownerAddress: Address
  nowSeconds: number
}

/**
 * Preview of a proposed session, after checking that it is the one that was asked for: this owner's account, this key, this policy, these terms, this long.
 * @throws PlaykeyError `wider_than_policy` or `table_mismatch`
 */
export function buildGrantPreview(input: PreviewInput): GrantPreview {
  const { proposal, policy, key, domain } = input
  assertPolicyIntegrity(policy)
  const session = fromSessionJson(proposal.session)
  const owner = input.ownerAddress.toLowerCase() as Hex
  const account = computeAccountAddress(input.factory, owner)
  const isAsked =
    proposal.owner === owner &&
    session.account === account &&
    session.policyId === policy.id &&
    session.key.scheme === key.scheme &&
    session.key.publicKey.toLowerCase() === key.publicKey.toLowerCase() &&
    session.validUntil - session.validAfter === input.durationSeconds &&
    hashTerms(session.terms) === policy.termsHash
  if (!isAsked) throw new PlaykeyError('wider_than_policy')
  return {
    session,
    owner,
    description: describeSession(session, policy.document.actions, {
      nowSeconds: input.nowSeconds,
    }),
    typedData: sessionTypedData({ session, ...domain }),
  }
}
