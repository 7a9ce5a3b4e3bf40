import type { PolicyChange } from '@/lib/policy/diff-policies'

/** One difference between policy versions as a sentence; says so when it allows more than before. */
export function describeChange(change: PolicyChange): string {
  const wider = change.widens ? ' (allows more)' : ''
  if (change.kind !== 'changed')
    return `${change.name} ${change.kind}: ${textOf(change)}${wider}`
  const parts = change.changes.map(
    ({ field, from, to }) => `${field.toLowerCase()} ${from} → ${to}`,
  )
  return `${change.name}: ${parts.join(', ')}${wider}`
}

function textOf(change: PolicyChange): string {
  const { from, to } = change.changes[0] ?? { from: '', to: '' }
  return to || from
}
