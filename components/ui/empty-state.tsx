import type { ReactNode } from 'react'

type EmptyStateProps = {
  title: string
  children: ReactNode
  action?: ReactNode
}

/** What to show where there is nothing yet: why, and the next step. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className="masonry flex flex-col items-center gap-3 rounded-(--radius-card) border border-white/12 border-dashed px-6 py-14 text-center">
      <p className="font-pixel text-lg">{title}</p>
      <p className="max-w-sm text-balance text-parchment-dim text-sm leading-relaxed">
        {children}
      </p>
      {action && <div className="mt-2">{action}</div>}
    </div>
  )
}
