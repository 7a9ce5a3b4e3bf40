'use client'

import { Plus } from 'lucide-react'
import { useState, useTransition } from 'react'
import type { SerializedError } from '@/lib/errors/action-result'
import type {
  DraftActionView,
  DraftView,
  GameView,
} from '@/lib/policy/studio-view'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { ErrorNotice } from '../ui/notice'
import { ActionTable } from './action-table'
import { GameActionDialog } from './game-action-dialog'
import { LintList } from './lint-list'
import { MaxDurationForm } from './max-duration-form'
import { SpendLimits } from './spend-limits'
import type { StudioActions } from './studio-actions'

type DraftPanelProps = {
  game: GameView
  draft: DraftView
  actions: StudioActions
  onEdited: (draft: DraftView) => void
}

/** The draft of the next policy version: its actions, the tokens they may spend, and how long a session may last. */
export function DraftPanel({
  game,
  draft,
  actions,
  onEdited,
}: DraftPanelProps) {
  const [editing, setEditing] = useState<DraftActionView | 'new' | null>(null)
  const [error, setError] = useState<SerializedError | null>(null)
  const [removing, startRemoving] = useTransition()
  const edit = { gameSlug: game.slug, draftRevision: draft.draftRevision }

  const remove = (row: DraftActionView) =>
    startRemoving(async () => {
      const result = await actions.remove({ ...edit, actionId: row.id })
      setError(result.ok ? null : result.error)
      if (result.ok) onEdited(result.data)
    })

  return (
    <section
      aria-label="Game actions"
      className="surface flex flex-col gap-5 p-5 sm:p-6"
    >
      <header className="flex flex-wrap items-center justify-between gap-3">
        <div>
          <h3 className="font-semibold">Game actions</h3>
          <p className="text-parchment-dim text-sm">
            What the next version lets players allow. Nothing here is live until
            you publish it.
          </p>
        </div>
        <Button onClick={() => setEditing('new')}>
          <Plus className="size-4" aria-hidden="true" />
          Add action
        </Button>
      </header>
      {error && <ErrorNotice error={error} />}
      {draft.draft.length === 0 ? (
        <EmptyState title="No actions yet">
          Add the contract functions that players may allow, one by one.
        </EmptyState>
      ) : (
        <ActionTable
          rows={draft.draft}
          disabled={removing}
          onEdit={setEditing}
          onRemove={remove}
        />
      )}
      <LintList issues={draft.lint} rows={draft.draft} />
      <SpendLimits
        limits={draft.spendLimits}
        save={(spendLimits) => actions.setSpendLimits({ ...edit, spendLimits })}
        onSaved={onEdited}
      />
      <MaxDurationForm
        key={draft.maxDurationSeconds}
        seconds={draft.maxDurationSeconds}
        save={(maxDurationSeconds) =>
          actions.setMaxDuration({ ...edit, maxDurationSeconds })
        }
        onSaved={onEdited}
      />
      {editing && (
        <GameActionDialog
          row={editing === 'new' ? null : editing}
          defaultContract={game.contract}
          save={(action) => actions.save({ ...edit, action })}
          onSaved={(next) => {
            setEditing(null)
            setError(null)
            onEdited(next)
          }}
          onClose={() => setEditing(null)}
        />
      )}
    </section>
  )
}
