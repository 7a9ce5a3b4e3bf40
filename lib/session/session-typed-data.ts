import {
  encodeAbiParameters,
  type Hex,
  keccak256,
  parseAbiParameters,
  type TypedDataDefinition,
  toHex,
} from 'viem'
import {
  hashTerms,
  PERMISSION_TYPE,
  SPEND_LIMIT_TYPE,
  TERMS_TYPE,
  termsTypes,
} from '../permission/hash-terms'
import type { Session, SessionKey } from './session'
import { schemeIds } from './session-id'
import {
  digestOf,
  type SigningDomain,
  typedDataDomain,
} from './typed-data-domain'

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
    { name: 'terms', type: 'Terms' },
  ],
  Key: [
    { name: 'scheme', type: 'uint8' },
    { name: 'publicKey', type: 'bytes' },
  ],
  ...termsTypes,
} as const

/** EIP-712 type of a session key. */
export const KEY_TYPE = 'Key(uint8 scheme,bytes publicKey)'

/** EIP-712 type of a session, without what it refers to. */
export const SESSION_TYPE =
  'Session(address account,bytes32 policyId,Key key,uint40 validAfter,uint40 validUntil,uint32 epoch,uint40 grantDeadline,Terms terms)'

const keyTypeHash = keccak256(toHex(KEY_TYPE))
const sessionTypeHash = keccak256(
  toHex(
    SESSION_TYPE + KEY_TYPE + PERMISSION_TYPE + SPEND_LIMIT_TYPE + TERMS_TYPE,
  ),
)

const keyParameters = parseAbiParameters('bytes32, uint8, bytes32')
const sessionParameters = parseAbiParameters(
  'bytes32, address, bytes32, bytes32, uint40, uint40, uint32, uint40, bytes32',
)

/** A session as the typed data carries it: the scheme as the contract's number. */
export function toSessionMessage(session: Session) {
  return {
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
    terms: session.terms,
  }
}

/** What the owner's wallet is asked to sign (EIP-712). Readable: function signatures, not selectors; rules as text. */
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
    message: toSessionMessage(session),
  }
}

function hashKey(key: SessionKey): Hex {
  return keccak256(
    encodeAbiParameters(keyParameters, [
      keyTypeHash,
      schemeIds[key.scheme],
      keccak256(key.publicKey),
    ]),
  )
}

/** EIP-712 struct hash of a session: how one of several that are signed at once names the others. */
export function structHashOfSession(session: Session): Hex {
  return keccak256(
    encodeAbiParameters(sessionParameters, [
      sessionTypeHash,
      session.account,
      session.policyId,
      hashKey(session.key),
      session.validAfter,
      session.validUntil,
      session.epoch,
      session.grantDeadline,
      hashTerms(session.terms),
    ]),
  )
}

/** Digest of `sessionTypedData`. */
export function hashSession({
  session,
  ...domain
}: { session: Session } & SigningDomain): Hex {
  return digestOf(structHashOfSession(session), domain)
}
