import { formatEther } from 'viem'
import { formatCount } from '../permission/describe-permission'
import { isSameFunction } from '../permission/permission-schema'
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

type Comparable = Pick<PolicyDocument, 'actions' | 'maxDurationSeconds'>

function ether(wei: string): string {
  return `${formatEther(BigInt(wei))} ETH`
}

function facts(action: GameActionJson): Record<string, string> {
  const { permission } = action
  return {
    Name: action.name,
    Description: action.description,
    'Calls per session': formatCount(permission.maxCalls),
    'Value per call': ether(permission.maxValuePerCall),
    'Value per session': ether(permission.maxValue),
    'Gas per call': formatCount(action.gasLimit),
  }
}

function isWider(from: GameActionJson, to: GameActionJson): boolean {
  return (
    to.permission.maxCalls > from.permission.maxCalls ||
    BigInt(to.permission.maxValuePerCall) >
      BigInt(from.permission.maxValuePerCall) ||
    BigInt(to.permission.maxValue) > BigInt(from.permission.maxValue)
  )
}

function compare(from: GameActionJson, to: GameActionJson): PolicyChange[] {
  const before = facts(from)
  const after = facts(to)
  const changes = Object.keys(before)
    .filter((field) => before[field] !== after[field])
    .map((field) => ({
      field,
      from: before[field] ?? '',
      to: after[field] ?? '',
    }))
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
  const duration: PolicyChange[] =
    older.maxDurationSeconds === newer.maxDurationSeconds
      ? []
      : [
          {
            kind: 'changed',
            name: 'Session',
            changes: [
              {
                field: 'Longest session',
                from: `${formatCount(older.maxDurationSeconds)} s`,
                to: `${formatCount(newer.maxDurationSeconds)} s`,
              },
            ],
            widens: newer.maxDurationSeconds > older.maxDurationSeconds,
          },
        ]
  return [...changes, ...removed, ...duration]
}
