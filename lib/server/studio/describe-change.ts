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

/** What came or went; each part by its name where there are several. */
function textOf({ changes }: PolicyChange): string {
  const parts = changes
    .map(({ field, from, to }) => ({ field, text: to || from }))
    .filter(({ text }) => text !== 'none')
    .map(({ field, text }) =>
      changes.length === 1 ? text : `${field.toLowerCase()} ${text}`,
    )
  return parts.join(', ')
}
