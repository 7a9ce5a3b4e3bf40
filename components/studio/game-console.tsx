'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import type { DraftView, GameView } from '@/lib/policy/studio-view'
import { Hex } from '../ui/hex'
import { useRefreshWhile } from '../ui/use-refresh-while'
import { DraftPanel } from './draft-panel'
import { GasUse } from './gas-use'
import { PublishPanel } from './publish-panel'
import type { StudioActions } from './studio-actions'
import { VersionList } from './version-list'
import { VersionPlayers } from './version-players'

/** Work on chain whose end the page waits for. */
const isBusy = (game: GameView) =>
  game.versions.some(
    (version) => version.status === 'publishing' || version.pauseTask !== null,
  )

/** How long the page keeps reading after a change. */
const SETTLING_MS = 5_000

type GameConsoleProps = { game: GameView; actions: StudioActions }

/** Everything about one game of a studio: draft, publishing, versions, players. */
export function GameConsole({ game, actions }: GameConsoleProps) {
  const router = useRouter()
  const [edited, setEdited] = useState<DraftView | null>(null)

  const [changes, setChanges] = useState(0)
  const [isSettling, setSettling] = useState(false)

  // What the chain makes of a change arrives a moment after the action's answer.
  useEffect(() => {
    if (changes === 0) return
    setSettling(true)
    const timer = setTimeout(() => setSettling(false), SETTLING_MS)
    return () => clearTimeout(timer)
  }, [changes])
  useRefreshWhile(isBusy(game) || isSettling)

  // The page's copy wins only until the server has caught up with it.
  const draft: DraftView =
    edited && edited.draftRevision > game.draftRevision ? edited : game

  const onEdited = (next: DraftView) => {
    setEdited(next)
    router.refresh()
  }

  return (
    <section aria-label={game.name} className="flex flex-col gap-6">
      <header className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <h2 className="font-semibold text-xl">{game.name}</h2>
        <p className="text-parchment-dim text-sm">{game.tagline}</p>
        <p className="ml-auto text-[13px] text-parchment-faint max-sm:ml-0">
          Contract <Hex value={game.contract} what="contract address" />
        </p>
      </header>
      <DraftPanel
        game={game}
        draft={draft}
        actions={actions}
        onEdited={onEdited}
      />
      <PublishPanel
        game={game}
        draft={draft}
        actions={actions}
        onPublished={() => {
          setEdited(null)
          setChanges((count) => count + 1)
        }}
      />
      <VersionList
        versions={game.versions}
        actions={actions}
        onChanged={() => setChanges((count) => count + 1)}
      />
      <VersionPlayers players={game.players} />
      <GasUse gas={game.gas} />
    </section>
  )
}
