import type { Metadata } from 'next'
import { Suspense } from 'react'
import { AdminTabs } from '@/components/admin/admin-tabs'
import { AuditList } from '@/components/admin/audit-list'
import { EmptyState } from '@/components/ui/empty-state'
import { PageFrame } from '@/components/ui/page-frame'
import { Pagination } from '@/components/ui/pagination'
import { ContentSkeleton } from '@/components/ui/skeleton'
import type { Actor } from '@/lib/auth/roles'
import { listAudit } from '@/lib/server/admin/list-audit'
import { requireAdmin } from '@/lib/server/auth/actor'

export const metadata: Metadata = { title: 'Audit log' }

type AuditPageProps = { searchParams: Promise<{ page?: string | string[] }> }

export default async function AuditPage({ searchParams }: AuditPageProps) {
  // Before anything is streamed, so that a refusal is a real 404.
  const actor = await requireAdmin('/admin/audit')
  const page = Math.max(1, Math.floor(Number((await searchParams).page)) || 1)

  return (
    <PageFrame
      title="Audit log"
      lead="What staff did, to whom and why. Entries are never changed or removed."
      actions={<AdminTabs current="audit" />}
    >
      <Suspense
        key={page}
        fallback={<ContentSkeleton label="Loading the audit log" />}
      >
        <Entries actor={actor} page={page} />
      </Suspense>
    </PageFrame>
  )
}

async function Entries({ actor, page }: { actor: Actor; page: number }) {
  const audit = await listAudit(actor, { page })
  return (
    <>
      {audit.items.length === 0 ? (
        <EmptyState title="An empty page">
          Revocations, publications and pauses will be listed here.
        </EmptyState>
      ) : (
        <section aria-label="Entries" className="surface p-5 sm:p-6">
          <AuditList rows={audit.items} />
        </section>
      )}
      <Pagination
        page={audit.page}
        hasNext={audit.hasNext}
        hrefOf={(next) => `/admin/audit?page=${next}`}
      />
    </>
  )
}
