'use client'

import { useState, useTransition } from 'react'
import type { SerializedError } from '@/lib/errors/action-result'
import type { DraftView, GameView } from '@/lib/policy/studio-view'
import { ConsentSummary } from '../session/consent-summary'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { ErrorNotice } from '../ui/notice'
import type { StudioActions } from './studio-actions'

/** Why the draft cannot be published now; null when it can. */
function obstacleOf(game: GameView, draft: DraftView): string | null {
  if (draft.canPublish) return null
  if (game.versions.some((version) => version.status === 'publishing')) {
    return 'A version is being published right now.'
  }
  if (draft.draft.length === 0) return 'Add at least one action first.'
  if (draft.lint.some((issue) => issue.level === 'block')) {
    return 'Resolve what blocks publishing first.'
  }
  return 'The draft is the same as the published version.'
}

type PublishPanelProps = {
  game: GameView
  draft: DraftView
  actions: StudioActions
  onPublished: () => void
}

/** What players will read, what changes, and the button that makes it real. */
export function PublishPanel(props: PublishPanelProps) {
  const { game, draft, actions, onPublished } = props
  const [open, setOpen] = useState(false)
  const [error, setError] = useState<SerializedError | null>(null)
  const [publishing, startPublishing] = useTransition()
  const obstacle = obstacleOf(game, draft)
  const next = (game.versions[0]?.version ?? 0) + 1

  const publish = () =>
    startPublishing(async () => {
      const result = await actions.publish({
        gameSlug: game.slug,
        draftRevision: draft.draftRevision,
      })
      setError(result.ok ? null : result.error)
      if (!result.ok) return
      setOpen(false)
      onPublished()
    })

  return (
    <section
      aria-label="Publish"
      className="surface flex flex-wrap items-center gap-4 p-5 sm:p-6"
    >
      <div className="min-w-0 flex-1 basis-72">
        <h3 className="font-semibold">
          {draft.draftChanges.length > 0 || game.versions.length === 0
            ? 'Unpublished changes'
            : 'Up to date'}
        </h3>
        <Changes changes={draft.draftChanges} />
        {obstacle && (
          <p className="mt-1 text-parchment-dim text-sm">{obstacle}</p>
        )}
      </div>
      <Button
        variant={obstacle ? 'secondary' : 'primary'}
        disabled={obstacle !== null && draft.preview === null}
        onClick={() => setOpen(true)}
      >
        {obstacle ? 'Preview consent' : `Review version ${next}`}
      </Button>
      {open && draft.preview && (
        <Dialog
          title={obstacle ? 'What players read' : `Publish version ${next}`}
          description="This is exactly what a player reads before signing, at the longest duration."
          onClose={() => setOpen(false)}
          locked={publishing}
          footer={
            <div className="flex flex-wrap items-center justify-end gap-2">
              <Button
                variant="ghost"
                onClick={() => setOpen(false)}
                disabled={publishing}
              >
                Close
              </Button>
              {!obstacle && (
                <Button
                  variant="primary"
                  onClick={publish}
                  pending={publishing}
                >
                  Publish version {next}
                </Button>
              )}
            </div>
          }
        >
          <div className="flex flex-col gap-5">
            {error && <ErrorNotice error={error} />}
            {draft.draftChanges.length > 0 && (
              <section aria-label="What changes">
                <h3 className="font-medium text-[13px] text-parchment-faint">
                  What changes
                </h3>
                <Changes changes={draft.draftChanges} />
              </section>
            )}
            <ConsentSummary
              consent={draft.preview}
              tokens={draft.spendLimits.map(({ token }) => token)}
              showWindow
            />
            <p className="text-parchment-dim text-sm leading-relaxed">
              Sessions that players granted under earlier versions keep running
              under the terms that were signed. New sessions use this version.
            </p>
          </div>
        </Dialog>
      )}
    </section>
  )
}

/** Differences between two versions, one sentence each. */
export function Changes({ changes }: { changes: string[] }) {
  if (changes.length === 0) return null
  return (
    <ul className="mt-1 list-disc space-y-0.5 pl-4 text-parchment-dim text-sm marker:text-torch">
      {changes.map((change) => (
        <li key={change}>{change}</li>
      ))}
    </ul>
  )
}
