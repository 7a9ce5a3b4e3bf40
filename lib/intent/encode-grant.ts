import { concatHex, type Hex, numberToHex, size } from 'viem'
import { encodeTerms } from '../permission/encode-terms'
import type { EndedSession, Grant, GrantBatch } from '../session/session'
import { schemeIds } from '../session/session-id'

const PART_OWNER = 1
const PART_TERMS = 2
const PART_BATCH = 4

/** What the chain must be told besides what was signed. */
export type GrantNeeds = {
  /** The account has no code yet: the owner goes along and creates it. */
  createsAccount: boolean
  /** The session's own terms go along. `null`: they are exactly the policy's, whose table the section carries. Else the table of the policy they must be within, `0x` for a session without a policy. */
  policyTable: Hex | null
}

/** `bytes` behind their length. */
function withLength(bytes: Hex, lengthSize: number): Hex {
  return concatHex([numberToHex(size(bytes), { size: lengthSize }), bytes])
}

function encodeEnded(ended: EndedSession): Hex {
  return concatHex([
    ended.policyId,
    ended.tableHash,
    numberToHex(ended.epoch, { size: 4 }),
    numberToHex(schemeIds[ended.key.scheme], { size: 1 }),
    ended.key.publicKey,
  ])
}

function encodeBatch({ position, otherHashes, ended }: GrantBatch): Hex {
  return concatHex([
    numberToHex(position, { size: 1 }),
    numberToHex(otherHashes.length + 1, { size: 1 }),
    ...otherHashes,
    numberToHex(ended.length, { size: 1 }),
    ...ended.map(encodeEnded),
  ])
}

/**
 * Bytes of a grant inside an item of a bundle:
 * `validAfter(5) ‖ validUntil(5) ‖ grantDeadline(5) ‖ parts(1) ‖ signatureLength(2) ‖ signature ‖ [owner] ‖ [terms ‖ policyTable] ‖ [batch]`.
 */
export function encodeGrant(
  { session, owner, signature, batch }: Grant,
  { createsAccount, policyTable }: GrantNeeds,
): Hex {
  const parts =
    (createsAccount ? PART_OWNER : 0) |
    (policyTable === null ? 0 : PART_TERMS) |
    (batch === undefined ? 0 : PART_BATCH)
  const terms =
    policyTable === null
      ? []
      : [withLength(encodeTerms(session.terms), 3), withLength(policyTable, 2)]
  return concatHex([
    numberToHex(session.validAfter, { size: 5 }),
    numberToHex(session.validUntil, { size: 5 }),
    numberToHex(session.grantDeadline, { size: 5 }),
    numberToHex(parts, { size: 1 }),
    withLength(signature, 2),
    ...(createsAccount ? [withLength(owner, 2)] : []),
    ...terms,
    ...(batch === undefined ? [] : [encodeBatch(batch)]),
  ]).toLowerCase() as Hex
}
