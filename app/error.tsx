'use client'

import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'

type ErrorPageProps = {
  error: Error & { digest?: string }
  retry: () => void
}

export default function ErrorPage({ error, retry }: ErrorPageProps) {
  return (
    <main
      id="main"
      className="mx-auto flex w-full max-w-2xl flex-1 flex-col justify-center px-4 py-20"
    >
      <h1 className="sr-only">Something went wrong</h1>
      <EmptyState
        title="The torch went out"
        action={
          <Button variant="primary" onClick={retry}>
            Try again
          </Button>
        }
      >
        This page could not be shown. Your session and your account are not
        affected.
        {error.digest && (
          <span className="mt-2 block font-mono text-xs">
            Reference {error.digest}
          </span>
        )}
      </EmptyState>
    </main>
  )
}
