import { clsx } from 'clsx'
import Link from 'next/link'
import { CopyButton } from './copy-button'

/** `0x1234…cdef`, enough to recognise a value by. */
export function shortHex(value: string): string {
  return value.length > 14 ? `${value.slice(0, 6)}…${value.slice(-4)}` : value
}

type HexProps = {
  value: string
  /** What it is, for the copy button: `address`, `session id` … */
  what: string
  href?: string | undefined
  full?: boolean
  className?: string
}

/** Address, hash or id: short, whole on hover, copied by a button. */
export function Hex(props: HexProps) {
  const { value, what, href, full, className } = props
  const text = full ? value : shortHex(value)
  const look = clsx(
    'font-mono text-[13px]',
    full ? '[overflow-wrap:anywhere]' : 'whitespace-nowrap',
  )
  return (
    <span
      className={clsx('inline-flex min-w-0 items-center gap-0.5', className)}
    >
      {href ? (
        <Link
          href={href}
          prefetch={false}
          title={value}
          className={clsx(
            look,
            'underline decoration-white/25 underline-offset-4 hover:decoration-torch',
          )}
        >
          {text}
        </Link>
      ) : (
        <span title={value} className={look}>
          {text}
        </span>
      )}
      <CopyButton value={value} what={what} />
    </span>
  )
}
