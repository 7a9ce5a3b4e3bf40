import { Skeleton } from '@/components/ui/skeleton'

export default function PlayLoading() {
  return (
    <main
      id="main"
      aria-busy="true"
      className="mx-auto w-full max-w-7xl flex-1 px-3 py-4 sm:px-6 sm:py-6"
    >
      <p role="status" className="sr-only">
        Loading the game
      </p>
      <Skeleton className="mb-4 h-8 w-40" />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_22.5rem]">
        <Skeleton className="aspect-[4/3]" />
        <Skeleton className="h-64" />
      </div>
    </main>
  )
}
