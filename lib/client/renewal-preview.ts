import type { Address, Hex } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import { describeSession } from '@/lib/session/describe-session'
import { fromSessionJson } from '@/lib/session/session-json'
import {
  sessionTypedData,
  structHashOfSession,
} from '@/lib/session/session-typed-data'
import type { SessionView } from '@/lib/session/session-view'
import type { SigningDomain } from '@/lib/session/typed-data-domain'
import type { GrantPreview, PreviewInput } from './grant-preview'
import type { SessionRecord } from './session-record'

export type RenewalInput = {
  /** What the server proposes. Not trusted. */
  proposal: PreviewInput['proposal']
  /** What this browser remembers of the session, whose key it holds. */
  record: SessionRecord
  /** Studio's words for the permissions. */
  view: Pick<SessionView, 'permissions'>
  durationSeconds: number
  domain: SigningDomain
  /** Wallet that will sign. */
  ownerAddress: Address
  nowSeconds: number
}

/** Seconds by which the server's clock may run ahead. */
const CLOCK_TOLERANCE_SECONDS = 30

/**
 * Preview of a later end of a session, after checking that nothing but the end differs from what was signed before: the same key, terms and start.
 * @throws PlaykeyError `wider_than_policy`
 */
export function buildRenewalPreview(input: RenewalInput): GrantPreview {
  const { proposal, record, view, domain, nowSeconds } = input
  const session = fromSessionJson(proposal.session)
  const { validUntil, grantDeadline } = session
  const known = fromSessionJson(record.session)
  const owner = input.ownerAddress.toLowerCase() as Hex
  const latest = nowSeconds + input.durationSeconds + CLOCK_TOLERANCE_SECONDS
  const isAsked =
    proposal.owner === owner &&
    validUntil > known.validUntil &&
    validUntil <= latest &&
    structHashOfSession(session) ===
      structHashOfSession({ ...known, validUntil, grantDeadline })
  if (!isAsked) throw new PlaykeyError('wider_than_policy')
  return {
    session,
    owner,
    description: describeSession(session, view.permissions, { nowSeconds }),
    typedData: sessionTypedData({ session, ...domain }),
  }
}
