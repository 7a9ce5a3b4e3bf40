import { CircleAlert, OctagonX } from 'lucide-react'
import type { DraftActionView, LintIssueView } from '@/lib/policy/studio-view'

const fields: Record<string, string> = {
  to: 'contract',
  signature: 'function',
  maxCalls: 'number of calls',
  maxValue: 'ETH per session',
  maxValuePerCall: 'ETH per call',
  period: 'period',
  maxCallsPerPeriod: 'calls per period',
  maxValuePerPeriod: 'ETH per period',
  rules: 'rules',
  gasLimit: 'gas limit',
  token: 'token',
  spendLimits: 'spend limits',
  maxAmount: 'amount per session',
  maxAmountPerPeriod: 'amount per period',
  maxDurationSeconds: 'longest session',
}

/** What a finding is about, in words: its message goes on from there. */
function subjectOf(issue: LintIssueView, rows: DraftActionView[]): string {
  const path = issue.field.split('.')
  const last = path.at(-1) ?? issue.field
  // A rule is named by its place, and so is a spend limit.
  const field =
    path.includes('rules') && /^\d+$/.test(last)
      ? `rule ${Number(last) + 1}`
      : `the ${fields[last] ?? last}`
  const row = rows.find(({ id }) => id === issue.actionId)
  if (row) return `${row.name}: ${field}`
  if (path[0] === 'spendLimits' && path.length > 1) {
    return `Spend limit ${Number(path[1]) + 1}: ${field}`
  }
  return `${field[0]?.toUpperCase()}${field.slice(1)}`
}

type LintListProps = { issues: LintIssueView[]; rows: DraftActionView[] }

/** Findings of the policy lint; `block` stops publishing. */
export function LintList({ issues, rows }: LintListProps) {
  if (issues.length === 0) return null
  return (
    <section aria-label="Checks">
      <h4 className="mb-2 font-medium text-[13px] text-parchment-faint">
        Checks
      </h4>
      <ul className="space-y-1.5 text-sm">
        {issues.map((issue) => {
          const blocks = issue.level === 'block'
          const Icon = blocks ? OctagonX : CircleAlert
          return (
            <li
              key={`${issue.field}${issue.message}`}
              className="flex gap-2.5 leading-relaxed"
            >
              <Icon
                className={`mt-1 size-4 shrink-0 ${blocks ? 'text-blood' : 'text-torch'}`}
                aria-hidden="true"
              />
              <span>
                <span className={blocks ? 'text-blood' : 'text-torch-bright'}>
                  {blocks ? 'Blocks publishing: ' : 'Warning: '}
                </span>
                {subjectOf(issue, rows)} {issue.message}
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
