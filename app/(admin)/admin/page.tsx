import type { Metadata } from 'next'
import { Suspense } from 'react'
import { AdminTabs } from '@/components/admin/admin-tabs'
import { PlayerSearch } from '@/components/admin/player-search'
import { PlayerTable } from '@/components/admin/player-table'
import { ButtonLink } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { PageFrame } from '@/components/ui/page-frame'
import { Pagination } from '@/components/ui/pagination'
import { ContentSkeleton } from '@/components/ui/skeleton'
import type { Actor } from '@/lib/auth/roles'
import { listPlayers } from '@/lib/server/admin/list-players'
import { requireAdmin } from '@/lib/server/auth/actor'

export const metadata: Metadata = { title: 'Players' }

type AdminPageProps = {
  searchParams: Promise<{ query?: string | string[]; page?: string | string[] }>
}

const one = (value: string | string[] | undefined) =>
  (Array.isArray(value) ? value[0] : value) ?? ''

export default async function AdminPage({ searchParams }: AdminPageProps) {
  // Before anything is streamed, so that a refusal is a real 404.
  const actor = await requireAdmin('/admin')
  const params = await searchParams
  const query = one(params.query).trim()
  const page = Math.max(1, Math.floor(Number(one(params.page))) || 1)

  return (
    <PageFrame
      title="Players"
      lead="Everyone who ever granted a session, latest activity first."
      actions={<AdminTabs current="players" />}
    >
      <PlayerSearch query={query} />
      <Suspense
        key={`${query} ${page}`}
        fallback={<ContentSkeleton label="Loading players" />}
      >
        <PlayerList actor={actor} query={query} page={page} />
      </Suspense>
    </PageFrame>
  )
}

type PlayerListProps = { actor: Actor; query: string; page: number }

async function PlayerList({ actor, query, page }: PlayerListProps) {
  const players = await listPlayers(actor, { query, page })
  return (
    <>
      {players.items.length === 0 ? (
        <EmptyState
          title={query ? 'No player found' : 'Nobody has played yet'}
          action={
            query && <ButtonLink href="/admin">Show all players</ButtonLink>
          }
        >
          {query
            ? `No account or wallet begins with “${query}”.`
            : 'Players appear here with their first session.'}
        </EmptyState>
      ) : (
        <PlayerTable players={players.items} />
      )}
      <Pagination
        page={players.page}
        hasNext={players.hasNext}
        hrefOf={(next) =>
          `/admin?${new URLSearchParams({ ...(query && { query }), page: String(next) })}`
        }
      />
    </>
  )
}
