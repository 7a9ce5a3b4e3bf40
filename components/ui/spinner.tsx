/** Three blocks that light up in turn; decorative, say the state in words beside it. */
export function Spinner({ className = 'size-4' }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      className={className}
      aria-hidden="true"
      fill="currentColor"
    >
      <rect y="6" width="4" height="4" className="animate-pulse" />
      <rect
        x="6"
        y="6"
        width="4"
        height="4"
        className="animate-pulse [animation-delay:150ms]"
      />
      <rect
        x="12"
        y="6"
        width="4"
        height="4"
        className="animate-pulse [animation-delay:300ms]"
      />
    </svg>
  )
}
