import type { Metadata } from 'next'
import {
  pausePolicyAction,
  prepareUnpauseAction,
  publishPolicyAction,
  removeGameActionAction,
  saveGameActionAction,
  setMaxDurationAction,
  setSpendLimitsAction,
  unpausePolicyAction,
} from '@/app/(studio)/studio/[studioSlug]/actions'
import { GameConsole } from '@/components/studio/game-console'
import { EmptyState } from '@/components/ui/empty-state'
import { Hex } from '@/components/ui/hex'
import { PageFrame } from '@/components/ui/page-frame'
import { requireStudio } from '@/lib/server/auth/actor'
import { getStudioView } from '@/lib/server/studio/get-studio-view'

export const metadata: Metadata = { title: 'Studio' }

type StudioPageProps = { params: Promise<{ studioSlug: string }> }

const actions = {
  save: saveGameActionAction,
  remove: removeGameActionAction,
  setMaxDuration: setMaxDurationAction,
  setSpendLimits: setSpendLimitsAction,
  publish: publishPolicyAction,
  pause: pausePolicyAction,
  prepareUnpause: prepareUnpauseAction,
  unpause: unpausePolicyAction,
}

export default async function StudioPage({ params }: StudioPageProps) {
  const { studioSlug } = await params
  const { actor } = await requireStudio(studioSlug)
  const studio = await getStudioView(actor, studioSlug)

  return (
    <PageFrame
      title={studio.name}
      lead={
        <span className="text-sm">
          Policies belong to <Hex value={studio.ownerAddress} what="owner" />
        </span>
      }
    >
      {studio.games.length === 0 && (
        <EmptyState title="No games yet">
          This studio has no game registered.
        </EmptyState>
      )}
      {studio.games.map((game) => (
        <GameConsole key={game.slug} game={game} actions={actions} />
      ))}
    </PageFrame>
  )
}
