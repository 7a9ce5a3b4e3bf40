import type { Address } from 'viem'
import { describePermission } from '../permission/describe-permission'
import { describeSpendLimit } from '../permission/describe-spend-limit'
import { functionName } from '../permission/function-signature'
import { describeDuration } from '../permission/period'
import type { WorstCaseWords } from '../permission/worst-case'
import type { Session } from './session'
import { formatMoment, sessionWorstCase, type TimeFormat } from './worst-case'

/** One permission in words. Only `title` and `note` are the studio's; the rest is generated from what is signed. */
export type PermissionSentence = {
  /** The studio's name for the action; without one, the function's name. */
  title: string
  /** The studio's explanation, or null. */
  note: string | null
  /** What the contract enforces. */
  detail: string
  to: Address
  signature: string
}

/** A session in words, for the consent dialog. */
export type SessionDescription = {
  sentences: PermissionSentence[]
  /** One sentence per token that may be spent. */
  spends: string[]
  window: string
  /** Upper bound over the whole session. */
  worstCase: string
  /** What the key can never do, whatever happens. */
  never: string[]
}

/** The studio's words for one permission. */
export type PermissionLabel = {
  name: string
  description: string
  /** Names of the argument words, in order. */
  argumentNames?: readonly (string | undefined)[]
}

function neverList(session: Session): string[] {
  const spends = session.terms.permissions.some((entry) => entry.maxValue > 0n)
  return [
    'Call any other function or any other contract',
    spends ? 'Spend more than the worst case' : 'Spend any ETH',
    'Pass its rights on to anyone else',
    'Change who controls your account',
    'Outlive its time window, or be extended without your signature',
  ]
}

/**
 * A session in words, generated from the very struct that the owner signs.
 * `labels` are the studio's words, one per permission, kept apart from the facts.
 */
export function describeSession(
  session: Session,
  labels: readonly (PermissionLabel | undefined)[] = [],
  format: TimeFormat & Pick<WorstCaseWords, 'tokens'> = {},
): SessionDescription {
  const { validAfter, validUntil, terms } = session
  return {
    sentences: terms.permissions.map((permission, index) => ({
      title: labels[index]?.name ?? functionName(permission.signature),
      note: labels[index]?.description || null,
      detail: describePermission(permission, labels[index]?.argumentNames),
      to: permission.to,
      signature: permission.signature,
    })),
    spends: terms.spendLimits.map((limit) =>
      describeSpendLimit(limit, format.tokens?.[limit.token]),
    ),
    window: `From ${formatMoment(validAfter, format)} until ${formatMoment(validUntil, format)} (${describeDuration(validUntil - validAfter)})`,
    worstCase: sessionWorstCase(session, format).text,
    never: neverList(session),
  }
}
