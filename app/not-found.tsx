import type { Metadata } from 'next'
import { ButtonLink } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'

export const metadata: Metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <main
      id="main"
      className="mx-auto flex w-full max-w-2xl flex-1 flex-col justify-center px-4 py-20"
    >
      <h1 className="sr-only">Page not found</h1>
      <EmptyState
        title="This passage is walled up"
        action={<ButtonLink href="/">Back to the entrance</ButtonLink>}
      >
        There is no page here, or it is not open to the account you are logged
        in with.
      </EmptyState>
    </main>
  )
}
