'use client'

import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useState, useTransition } from 'react'
import type { ActionResult, SerializedError } from '@/lib/errors/action-result'
import { describeSpendLimit } from '@/lib/permission/describe-spend-limit'
import { MAX_SPEND_LIMITS } from '@/lib/permission/limits'
import type { SpendLimitJson } from '@/lib/permission/terms'
import { fromSpendLimitJson } from '@/lib/permission/terms-json'
import type { DraftView } from '@/lib/policy/studio-view'
import { Button, IconButton } from '../ui/button'
import { Hex } from '../ui/hex'
import { ErrorNotice } from '../ui/notice'
import { SpendLimitDialog } from './spend-limit-dialog'

type SpendLimitsProps = {
  limits: SpendLimitJson[]
  /** Replaces all limits of the draft. */
  save: (limits: SpendLimitJson[]) => Promise<ActionResult<DraftView>>
  onSaved: (draft: DraftView) => void
}

/** Spend limits of the draft: which tokens a session may spend, and how much. */
export function SpendLimits({ limits, save, onSaved }: SpendLimitsProps) {
  /** Place of the limit being edited; one behind the last adds one. */
  const [editing, setEditing] = useState<number | null>(null)
  const [error, setError] = useState<SerializedError | null>(null)
  const [removing, startRemoving] = useTransition()

  const remove = (index: number) =>
    startRemoving(async () => {
      const result = await save(limits.filter((_, at) => at !== index))
      setError(result.ok ? null : result.error)
      if (result.ok) onSaved(result.data)
    })

  return (
    <section
      aria-label="Spend limits"
      className="hairline flex flex-col gap-3 border-t pt-5"
    >
      <header className="flex flex-wrap items-center justify-between gap-3">
        <div>
          <h4 className="font-medium">Spend limits</h4>
          <p className="text-parchment-dim text-sm">
            Tokens that a session may spend. Actions that move tokens need one.
          </p>
        </div>
        {limits.length < MAX_SPEND_LIMITS && (
          <Button size="sm" onClick={() => setEditing(limits.length)}>
            <Plus className="size-4" aria-hidden="true" />
            Add spend limit
          </Button>
        )}
      </header>
      {error && <ErrorNotice error={error} />}
      {limits.length > 0 && (
        <ul className="divide-y divide-white/6">
          {limits.map((limit, index) => (
            <li
              key={limit.token}
              className="flex items-start justify-between gap-3 py-2.5 text-sm"
            >
              <p className="min-w-0 leading-relaxed">
                {describeSpendLimit(fromSpendLimitJson(limit))}
                <span className="block text-[13px] text-parchment-faint">
                  Token <Hex value={limit.token} what="token address" />
                </span>
              </p>
              <span className="whitespace-nowrap">
                <IconButton
                  label={`Edit spend limit ${index + 1}`}
                  onClick={() => setEditing(index)}
                >
                  <Pencil className="size-4" />
                </IconButton>
                <IconButton
                  label={`Remove spend limit ${index + 1}`}
                  onClick={() => remove(index)}
                  disabled={removing}
                >
                  <Trash2 className="size-4" />
                </IconButton>
              </span>
            </li>
          ))}
        </ul>
      )}
      {editing !== null && (
        <SpendLimitDialog
          limit={limits[editing] ?? null}
          save={(limit) =>
            save([
              ...limits.slice(0, editing),
              limit,
              ...limits.slice(editing + 1),
            ])
          }
          onSaved={(draft) => {
            setEditing(null)
            setError(null)
            onSaved(draft)
          }}
          onClose={() => setEditing(null)}
        />
      )}
    </section>
  )
}
