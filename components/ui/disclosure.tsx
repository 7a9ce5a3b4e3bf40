import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'

type DisclosureProps = {
  summary: ReactNode
  children: ReactNode
  open?: boolean
  className?: string
}

/** Native details, one tap away. */
export function Disclosure(props: DisclosureProps) {
  return (
    <details open={props.open} className={`group/d ${props.className ?? ''}`}>
      <summary className="flex list-none items-center gap-1.5 rounded-md text-[13px] text-parchment-dim hover:text-parchment">
        <ChevronRight
          className="size-3.5 shrink-0 transition-transform group-open/d:rotate-90"
          aria-hidden="true"
        />
        {props.summary}
      </summary>
      <div className="pt-2 pl-5">{props.children}</div>
    </details>
  )
}
