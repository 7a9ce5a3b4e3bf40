import { clsx } from 'clsx'
import Link from 'next/link'
import type { ComponentProps } from 'react'
import { Spinner } from './spinner'

const base =
  'inline-flex select-none items-center justify-center gap-2 whitespace-nowrap rounded-[10px] font-medium transition-[background,border-color,color,transform] duration-150 active:translate-y-px disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50'

const variants = {
  primary:
    'bg-torch text-basalt-950 shadow-[0_1px_0_rgb(255_255_255/35%)_inset,0_10px_30px_-12px_rgb(255_182_80/55%)] hover:bg-torch-bright',
  secondary:
    'border border-white/12 bg-basalt-800 text-parchment hover:border-white/20 hover:bg-basalt-700',
  ghost: 'text-parchment-dim hover:bg-white/6 hover:text-parchment',
  danger:
    'border border-blood/35 bg-blood-deep/60 text-blood hover:border-blood/60 hover:bg-blood-deep',
}

const sizes = {
  sm: 'h-8 px-3 text-[13px]',
  md: 'h-10 px-4 text-sm',
  lg: 'h-12 px-6 text-[15px]',
}

type Look = {
  variant?: keyof typeof variants | undefined
  size?: keyof typeof sizes | undefined
}

type ButtonProps = ComponentProps<'button'> & Look & { pending?: boolean }

export function Button({
  variant = 'secondary',
  size = 'md',
  pending = false,
  className,
  children,
  disabled,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled || pending}
      aria-busy={pending || undefined}
      className={clsx(base, variants[variant], sizes[size], className)}
    >
      {pending && <Spinner />}
      {children}
    </button>
  )
}

export function ButtonLink({
  variant = 'secondary',
  size = 'md',
  className,
  ...rest
}: ComponentProps<typeof Link> & Look) {
  return (
    <Link
      {...rest}
      className={clsx(base, variants[variant], sizes[size], className)}
    />
  )
}

/** Square button that shows an icon alone; the label is its accessible name. */
export function IconButton({
  label,
  className,
  type = 'button',
  ...rest
}: ComponentProps<'button'> & { label: string }) {
  return (
    <button
      {...rest}
      type={type}
      aria-label={label}
      title={label}
      className={clsx(
        base,
        'size-8 text-parchment-faint hover:bg-white/8 hover:text-parchment',
        className,
      )}
    />
  )
}
