type LogoProps = { className?: string }

/** The mark: a key drawn in pixels whose bow holds a play sign. */
export function LogoMark({ className }: LogoProps) {
  return (
    <svg
      viewBox="0 0 24 12"
      className={className}
      aria-hidden="true"
      shapeRendering="crispEdges"
      fill="currentColor"
    >
      <path d="M2 0h8v2h2v3h12v6h-3V8h-2v2h-3V8h-4v2h-2v2H2v-2H0V2h2zm2 3v6h1V8h2V7h1V5H7V4H5V3z" />
    </svg>
  )
}

/** Mark and name together. */
export function Logo({ className = '' }: LogoProps) {
  return (
    <span className={`inline-flex items-center gap-2.5 ${className}`}>
      <LogoMark className="h-3.5 text-torch" />
      <span className="font-pixel text-[17px] leading-none tracking-tight">
        playkey
      </span>
    </span>
  )
}
