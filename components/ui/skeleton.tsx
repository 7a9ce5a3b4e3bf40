/** Grey block in the place of what is coming. */
export function Skeleton({ className = '' }: { className?: string }) {
  return <div className={`animate-pulse rounded-lg bg-white/6 ${className}`} />
}

/** Stands in for the content of a page while it is read. */
export function ContentSkeleton({ label }: { label: string }) {
  return (
    <div aria-busy="true" className="flex flex-col gap-4">
      <p role="status" className="sr-only">
        {label}
      </p>
      <Skeleton className="h-40" />
      <Skeleton className="h-40" />
    </div>
  )
}
