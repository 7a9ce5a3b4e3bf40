/** Grey block in the place of what is coming. */
export function Skeleton({ className = '' }: { className?: string }) {
  return <div className={`animate-pulse rounded-lg bg-white/6 ${className}`} />
}

/** Skeleton of a console page: title and a few cards. */
export function PageSkeleton({ label }: { label: string }) {
  return (
    <main
      id="main"
      aria-busy="true"
      className="mx-auto flex w-full max-w-7xl flex-1 flex-col gap-6 px-4 py-8 sm:px-6 sm:py-12"
    >
      <p role="status" className="sr-only">
        {label}
      </p>
      <Skeleton className="h-9 w-56" />
      <Skeleton className="h-4 w-80 max-w-full" />
      <Skeleton className="mt-4 h-40" />
      <Skeleton className="h-40" />
    </main>
  )
}
