import { ChevronLeft, ChevronRight } from 'lucide-react'
import { ButtonLink } from './button'

type PaginationProps = {
  /** From 1. */
  page: number
  hasNext: boolean
  /** Address of another page of the same list. */
  hrefOf: (page: number) => string
}

/** Way to the neighbouring pages of a list. */
export function Pagination({ page, hasNext, hrefOf }: PaginationProps) {
  if (page === 1 && !hasNext) return null
  return (
    <nav
      aria-label="Pages"
      className="flex items-center justify-between gap-4 text-parchment-dim text-sm"
    >
      {page > 1 ? (
        <ButtonLink href={hrefOf(page - 1)} size="sm">
          <ChevronLeft className="size-4" aria-hidden="true" />
          Previous
        </ButtonLink>
      ) : (
        <span />
      )}
      <span>Page {page}</span>
      {hasNext ? (
        <ButtonLink href={hrefOf(page + 1)} size="sm">
          Next
          <ChevronRight className="size-4" aria-hidden="true" />
        </ButtonLink>
      ) : (
        <span />
      )}
    </nav>
  )
}
