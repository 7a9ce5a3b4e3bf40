import type { ReactNode } from 'react'

type BoardOverlayProps = {
  title: string
  children: ReactNode
  action: ReactNode
}

/** Invitation that lies over the board while nobody plays. */
export function BoardOverlay({ title, children, action }: BoardOverlayProps) {
  return (
    <div className="absolute inset-0 flex animate-fade items-center justify-center bg-radial from-25% from-basalt-950/92 to-basalt-950/30 p-4">
      <div className="flex max-w-sm flex-col items-center gap-3 text-center">
        <h2 className="font-pixel text-2xl leading-tight sm:text-3xl">
          {title}
        </h2>
        <p className="text-balance text-[15px] text-parchment leading-relaxed max-sm:text-sm">
          {children}
        </p>
        <div className="mt-1">{action}</div>
      </div>
    </div>
  )
}
