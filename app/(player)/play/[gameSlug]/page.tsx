import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import {
  grantSessionAction,
  prepareGrantAction,
  prepareRenewalAction,
  reportPlayAction,
} from '@/app/(player)/play/[gameSlug]/actions'
import { revokeSessionAction } from '@/app/(player)/sessions/actions'
import { DelvePlay } from '@/components/game/delve/delve-play'
import { DelveWatch } from '@/components/game/delve/delve-watch'
import { getActor } from '@/lib/server/auth/actor'
import { getPublicConfig } from '@/lib/server/http/public-config'
import { findGameForPlay } from '@/lib/server/session/get-game'
import { findCurrentSession } from '@/lib/server/session/list-sessions'

type PlayPageProps = { params: Promise<{ gameSlug: string }> }

export async function generateMetadata(
  props: PlayPageProps,
): Promise<Metadata> {
  const { gameSlug } = await props.params
  const game = await findGameForPlay(gameSlug)
  return { title: game?.name ?? 'Not found' }
}

const actions = {
  prepareGrant: prepareGrantAction,
  prepareRenewal: prepareRenewalAction,
  grant: grantSessionAction,
  report: reportPlayAction,
  revoke: revokeSessionAction,
}

export default async function PlayPage({ params }: PlayPageProps) {
  const { gameSlug } = await params
  const game = await findGameForPlay(gameSlug)
  // The only game with a board of its own so far.
  if (game?.slug !== 'delve') notFound()
  const [actor, config] = await Promise.all([getActor(), getPublicConfig()])

  return (
    <main
      id="main"
      className="mx-auto w-full max-w-7xl flex-1 px-3 py-4 sm:px-6 sm:py-6"
    >
      <header className="mb-4 flex flex-wrap items-baseline gap-x-4 px-1">
        <h1 className="font-pixel text-2xl">{game.name}</h1>
        <p className="text-parchment-dim text-sm">{game.tagline}</p>
        <p className="ml-auto text-[13px] text-parchment-faint max-sm:hidden">
          by {game.studio.name}
        </p>
      </header>
      {actor && game.policy ? (
        <DelvePlay
          key={actor.address}
          config={config}
          contract={game.contract}
          policy={game.policy}
          ownerAddress={actor.address}
          initialSession={await findCurrentSession(actor, game.slug)}
          actions={actions}
        />
      ) : (
        <DelveWatch
          contract={game.contract}
          serverTimeMs={config.serverTimeMs}
          gameName={game.name}
          loginHref={game.policy && `/login?callbackUrl=/play/${game.slug}`}
        />
      )}
    </main>
  )
}
