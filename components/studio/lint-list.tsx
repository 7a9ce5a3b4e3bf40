import { CircleAlert, OctagonX } from 'lucide-react'
import type { LintIssueView } from '@/lib/policy/studio-view'

/** Findings of the policy lint; `block` stops publishing. */
export function LintList({ issues }: { issues: LintIssueView[] }) {
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
                {issue.message}
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
