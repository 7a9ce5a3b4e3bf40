import { clsx } from 'clsx'
import type { ReactNode } from 'react'

const tones = {
  neutral: 'border-white/12 bg-white/5 text-parchment-dim',
  torch: 'border-torch/30 bg-torch/10 text-torch-bright',
  moss: 'border-moss/25 bg-moss-deep/60 text-moss',
  gem: 'border-gem/25 bg-gem-deep/60 text-gem',
  relic: 'border-relic/30 bg-relic-deep/60 text-relic',
  blood: 'border-blood/30 bg-blood-deep/60 text-blood',
}

export type Tone = keyof typeof tones

type BadgeProps = {
  tone?: Tone | undefined
  /** Shows a small square lamp before the text. */
  dot?: boolean
  title?: string | undefined
  children: ReactNode
  className?: string
}

export function Badge({
  tone = 'neutral',
  dot = false,
  title,
  children,
  className,
}: BadgeProps) {
  return (
    <span
      title={title}
      className={clsx(
        'inline-flex items-center gap-1.5 whitespace-nowrap rounded-md border px-2 py-0.5 font-medium text-xs',
        tones[tone],
        className,
      )}
    >
      {dot && <span className="size-1.5 bg-current" aria-hidden="true" />}
      {children}
    </span>
  )
}
