import type { ReactNode } from 'react'

type PageFrameProps = {
  title: string
  lead?: ReactNode
  /** Above the title: where this page belongs. */
  eyebrow?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** Common frame of the console pages. */
export function PageFrame(props: PageFrameProps) {
  return (
    <main
      id="main"
      className="mx-auto flex w-full max-w-7xl flex-1 flex-col gap-8 px-4 py-8 sm:px-6 sm:py-12"
    >
      <header className="flex flex-wrap items-end justify-between gap-4">
        <div className="min-w-0 flex-1">
          {props.eyebrow && (
            <div className="mb-2 text-[13px] text-parchment-faint">
              {props.eyebrow}
            </div>
          )}
          <h1 className="font-pixel text-3xl leading-tight [overflow-wrap:anywhere]">
            {props.title}
          </h1>
          {props.lead && (
            <div className="mt-2 max-w-2xl text-parchment-dim leading-relaxed">
              {props.lead}
            </div>
          )}
        </div>
        {props.actions}
      </header>
      {props.children}
    </main>
  )
}
