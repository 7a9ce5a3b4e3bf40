import { clsx } from 'clsx'

type MeterProps = {
  label: string
  used: number
  max: number
  /** What stands at the right, for example `12 of 500`. */
  text: string
  /** For what is over: no colour, as nothing needs attention. */
  muted?: boolean
}

/** Bar that shows how much of a limit is used; turns red near its end. */
export function Meter({ label, used, max, text, muted }: MeterProps) {
  const share = max > 0 ? Math.min(1, used / max) : 0
  const live =
    share >= 0.95 ? 'fill-blood' : share >= 0.8 ? 'fill-torch' : 'fill-gem'
  const tone = muted ? 'fill-basalt-500' : live
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <div className="flex items-baseline justify-between gap-3 text-[13px]">
        <span className="min-w-0 font-medium [overflow-wrap:anywhere]">
          {label}
        </span>
        <span className="numeric shrink-0 text-parchment-dim">{text}</span>
      </div>
      <meter
        className="sr-only"
        aria-label={label}
        aria-valuetext={text}
        min={0}
        max={max}
        value={Math.min(used, max)}
      />
      <svg
        aria-hidden="true"
        viewBox="0 0 100 4"
        preserveAspectRatio="none"
        className="h-1.5 w-full overflow-hidden rounded-full bg-white/8"
      >
        <rect
          width={share * 100}
          height="4"
          className={clsx('transition-all duration-300', tone)}
        />
      </svg>
    </div>
  )
}
