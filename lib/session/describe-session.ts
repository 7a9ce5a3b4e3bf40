import type { Address } from 'viem'
import { describePermission } from '../permission/describe-permission'
import { functionName } from '../permission/function-signature'
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
  window: string
  /** Upper bound over the whole session. */
  worstCase: string
  /** What the key can never do, whatever happens. */
  never: string[]
}

/** The studio's words for one permission. */
export type PermissionLabel = { name: string; description: string }

function describeDuration(seconds: number): string {
  const units: [number, string][] = [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ]
  const parts: string[] = []
  let rest = seconds
  for (const [size, unit] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`)
  }
  return parts.length > 0 ? parts.join(' ') : `${seconds} seconds`
}

function neverList(session: Session): string[] {
  const spends = session.permissions.some((entry) => entry.maxValue > 0n)
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
  format: TimeFormat = {},
): SessionDescription {
  const { validAfter, validUntil } = session
  return {
    sentences: session.permissions.map((permission, index) => ({
      title: labels[index]?.name ?? functionName(permission.signature),
      note: labels[index]?.description || null,
      detail: describePermission(permission),
      to: permission.to,
      signature: permission.signature,
    })),
    window: `From ${formatMoment(validAfter, format)} until ${formatMoment(validUntil, format)} (${describeDuration(validUntil - validAfter)})`,
    worstCase: sessionWorstCase(session, format).text,
    never: neverList(session),
  }
}
