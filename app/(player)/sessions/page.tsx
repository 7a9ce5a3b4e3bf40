import type { Metadata } from 'next'
import { Suspense } from 'react'
import {
  grantSessionAction,
  prepareRenewalAction,
} from '@/app/(player)/play/[gameSlug]/actions'
import { revokeSessionAction } from '@/app/(player)/sessions/actions'
import { PlayerSession } from '@/components/session/player-session'
import { ButtonLink } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { PageFrame } from '@/components/ui/page-frame'
import { ContentSkeleton } from '@/components/ui/skeleton'
import type { Actor } from '@/lib/auth/roles'
import { requireActor } from '@/lib/server/auth/actor'
import { getPublicConfig } from '@/lib/server/http/public-config'
import { listSessionsOfPlayer } from '@/lib/server/session/list-sessions'
import type { SessionView } from '@/lib/session/session-view'

export const metadata: Metadata = { title: 'Your sessions' }

const actions = {
  prepareRenewal: prepareRenewalAction,
  grant: grantSessionAction,
  revoke: revokeSessionAction,
}

type Group = { title: string; sessions: SessionView[] }

/** Live ones first, then those that ran out, then those that were ended. */
function groupsOf(sessions: SessionView[]): Group[] {
  const over = ['expired', 'revoked']
  return [
    {
      title: 'Active',
      sessions: sessions.filter((session) => !over.includes(session.state)),
    },
    {
      title: 'Expired',
      sessions: sessions.filter((session) => session.state === 'expired'),
    },
    {
      title: 'Revoked',
      sessions: sessions.filter((session) => session.state === 'revoked'),
    },
  ].filter((group) => group.sessions.length > 0)
}

export default async function SessionsPage() {
  const actor = await requireActor('/sessions')
  return (
    <PageFrame
      title="Your sessions"
      lead="Every key you ever gave to a game, what it has used, and the way to end it."
      actions={<ButtonLink href="/play/delve">Play Delve</ButtonLink>}
    >
      <Suspense fallback={<ContentSkeleton label="Loading sessions" />}>
        <SessionGroups actor={actor} />
      </Suspense>
    </PageFrame>
  )
}

async function SessionGroups({ actor }: { actor: Actor }) {
  const [sessions, config] = await Promise.all([
    listSessionsOfPlayer(actor),
    getPublicConfig(),
  ])
  if (sessions.length === 0) {
    return (
      <EmptyState
        title="No sessions yet"
        action={
          <ButtonLink href="/play/delve" variant="primary">
            Play Delve
          </ButtonLink>
        }
      >
        A session begins when you let a game play for you. It will be listed
        here.
      </EmptyState>
    )
  }
  return groupsOf(sessions).map((group) => (
    <section key={group.title} aria-label={group.title} className="space-y-4">
      <h2 className="font-semibold text-lg">
        {group.title}{' '}
        <span className="numeric font-normal text-parchment-faint">
          {group.sessions.length}
        </span>
      </h2>
      {group.sessions.map((session) => (
        <PlayerSession
          key={session.id}
          session={session}
          config={config}
          actions={actions}
        />
      ))}
    </section>
  ))
}
