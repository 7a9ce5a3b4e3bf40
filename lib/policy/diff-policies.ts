import { formatEther } from 'viem'
import { compileTerms } from '../permission/compile-terms'
import { formatCount, shortAddress } from '../permission/describe-permission'
import { isSameFunction } from '../permission/find-permission'
import { describePeriod } from '../permission/period'
import { fromPermissionJson } from '../permission/permission-json'
import { makeTerms, type SpendLimitJson } from '../permission/terms'
import { findOutsidePolicy } from '../permission/within-policy'
import type { GameActionJson, PolicyDocument } from './policy'

/** One field that differs, both sides as text for people. */
export type FieldChange = { field: string; from: string; to: string }

/** One difference between two policy versions. `widens` = the newer one allows something the older one does not. */
export type PolicyChange = {
  kind: 'added' | 'removed' | 'changed'
  /** Action's name, or `Session`. */
  name: string
  changes: FieldChange[]
  widens: boolean
}

type Comparable = Pick<
  PolicyDocument,
  'actions' | 'spendLimits' | 'maxDurationSeconds'
>

function ether(wei: string): string {
  return `${formatEther(BigInt(wei))} ETH`
}

function describeEvery(text: string, period: number): string {
  return period === 0 ? 'none' : `${text} ${describePeriod(period)}`
}

function facts(action: GameActionJson): Record<string, string> {
  const { permission } = action
  const { period, maxCallsPerPeriod, maxValuePerPeriod } = permission
  return {
    Name: action.name,
    Description: action.description,
    'Calls per session': formatCount(permission.maxCalls),
    'Calls per period': describeEvery(formatCount(maxCallsPerPeriod), period),
    'Value per call': ether(permission.maxValuePerCall),
    'Value per session': ether(permission.maxValue),
    'Value per period': describeEvery(
      ether(maxValuePerPeriod),
      maxValuePerPeriod === '0' ? 0 : period,
    ),
    Rules: permission.rules.join('; ') || 'none',
    'Gas per call': formatCount(action.gasLimit),
  }
}

/** Whether the newer action allows something that the older one does not, as the contract would compare them. */
function isWider(from: GameActionJson, to: GameActionJson): boolean {
  const tableOf = ({ permission }: GameActionJson) =>
    compileTerms(makeTerms([fromPermissionJson(permission)]))
  return findOutsidePolicy(tableOf(to), tableOf(from)) !== null
}

function changesOf(
  before: Record<string, string>,
  after: Record<string, string>,
): FieldChange[] {
  return Object.keys(before)
    .filter((field) => before[field] !== after[field])
    .map((field) => ({
      field,
      from: before[field] ?? '',
      to: after[field] ?? '',
    }))
}

function compare(from: GameActionJson, to: GameActionJson): PolicyChange[] {
  const changes = changesOf(facts(from), facts(to))
  if (changes.length === 0) return []
  return [
    { kind: 'changed', name: to.name, changes, widens: isWider(from, to) },
  ]
}

function whole(
  kind: 'added' | 'removed',
  action: GameActionJson,
): PolicyChange {
  const { to, signature } = action.permission
  const text = `${signature} on ${to}`
  const change =
    kind === 'added'
      ? { field: 'Function', from: '', to: text }
      : { field: 'Function', from: text, to: '' }
  return {
    kind,
    name: action.name,
    changes: [change],
    widens: kind === 'added',
  }
}

function spendFacts(limit: SpendLimitJson | undefined): Record<string, string> {
  if (!limit) return { 'Per session': '', 'Per period': '' }
  const { maxAmount, period, maxAmountPerPeriod } = limit
  return {
    'Per session': `${maxAmount} units`,
    'Per period': describeEvery(`${maxAmountPerPeriod} units`, period),
  }
}

/** Whether a token may be spent in a way that was not allowed before. Without a limit it could be spent by any function of the terms that is not a token's own. */
function isSpendWider(
  from: SpendLimitJson | undefined,
  to: SpendLimitJson | undefined,
): boolean {
  if (!from) return false
  if (!to || BigInt(to.maxAmount) > BigInt(from.maxAmount)) return true
  if (from.period === 0) return false
  return (
    to.period !== from.period ||
    BigInt(to.maxAmountPerPeriod) > BigInt(from.maxAmountPerPeriod)
  )
}

function compareSpends(older: Comparable, newer: Comparable): PolicyChange[] {
  const tokens = [...older.spendLimits, ...newer.spendLimits].map(
    ({ token }) => token,
  )
  return [...new Set(tokens)].flatMap((token): PolicyChange[] => {
    const find = ({ spendLimits }: Comparable) =>
      spendLimits.find((limit) => limit.token === token)
    const from = find(older)
    const to = find(newer)
    const changes = changesOf(spendFacts(from), spendFacts(to))
    if (changes.length === 0) return []
    const kind = from === undefined ? 'added' : to ? 'changed' : 'removed'
    const name = `Spending of ${shortAddress(token)}`
    return [{ kind, name, changes, widens: isSpendWider(from, to) }]
  })
}

function compareDurations(
  { maxDurationSeconds: older }: Comparable,
  { maxDurationSeconds: newer }: Comparable,
): PolicyChange[] {
  if (older === newer) return []
  const change = {
    field: 'Longest session',
    from: `${formatCount(older)} s`,
    to: `${formatCount(newer)} s`,
  }
  const widens = newer > older
  return [{ kind: 'changed', name: 'Session', changes: [change], widens }]
}

/** What changed from `older` to `newer`: functions are matched by contract and selector, never by their labels. */
export function diffPolicies(
  older: Comparable,
  newer: Comparable,
): PolicyChange[] {
  const find = (list: readonly GameActionJson[], action: GameActionJson) =>
    list.find((other) => isSameFunction(other.permission, action.permission))
  const changes = newer.actions.flatMap((action) => {
    const before = find(older.actions, action)
    return before ? compare(before, action) : [whole('added', action)]
  })
  const removed = older.actions
    .filter((action) => !find(newer.actions, action))
    .map((action) => whole('removed', action))
  return [
    ...changes,
    ...removed,
    ...compareSpends(older, newer),
    ...compareDurations(older, newer),
  ]
}
