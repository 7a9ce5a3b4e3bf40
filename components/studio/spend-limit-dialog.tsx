'use client'

import { type FormEvent, useId, useState, useTransition } from 'react'
import type { ActionResult, SerializedError } from '@/lib/errors/action-result'
import { describeSpendLimit } from '@/lib/permission/describe-spend-limit'
import type { SpendLimitJson } from '@/lib/permission/terms'
import { fromSpendLimitJson } from '@/lib/permission/terms-json'
import type { DraftView } from '@/lib/policy/studio-view'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { InputField } from '../ui/field'
import { ErrorNotice } from '../ui/notice'
import { PeriodField } from './period-field'
import {
  faultsOf,
  formOf,
  limitOf,
  type SpendLimitField,
} from './spend-limit-form'

type SpendLimitDialogProps = {
  /** Limit to edit; null adds one. */
  limit: SpendLimitJson | null
  save: (limit: SpendLimitJson) => Promise<ActionResult<DraftView>>
  onSaved: (draft: DraftView) => void
  onClose: () => void
}

/** Form of one spend limit. */
export function SpendLimitDialog(props: SpendLimitDialogProps) {
  const { save, onSaved, onClose } = props
  const id = useId()
  const [form, setForm] = useState(() => formOf(props.limit))
  const [tried, setTried] = useState(false)
  const [error, setError] = useState<SerializedError | null>(null)
  const [saving, startSaving] = useTransition()
  const faults = faultsOf(form)
  const limit = limitOf(form)

  const field = (name: SpendLimitField) => ({
    id: `${id}-${name}`,
    value: form[name],
    error: tried ? (faults[name] ?? null) : null,
    spellCheck: false,
    className: 'font-mono text-[13px]',
    onChange: (event: { target: { value: string } }) =>
      setForm((before) => ({ ...before, [name]: event.target.value })),
  })

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (limit === null) return
    startSaving(async () => {
      const result = await save(limit)
      if (result.ok) onSaved(result.data)
      else setError(result.error)
    })
  }

  return (
    <Dialog
      title={props.limit ? 'Edit spend limit' : 'Add spend limit'}
      description="How much of a token a session may spend, whatever it calls. Amounts are in the token’s smallest units."
      onClose={onClose}
      locked={saving}
      footer={
        <div className="flex justify-end gap-2">
          <Button variant="ghost" onClick={onClose} disabled={saving}>
            Cancel
          </Button>
          <Button
            variant="primary"
            type="submit"
            form={`${id}-form`}
            pending={saving}
          >
            {props.limit ? 'Save limit' : 'Add to draft'}
          </Button>
        </div>
      }
    >
      <form
        id={`${id}-form`}
        onSubmit={submit}
        noValidate
        className="flex flex-col gap-4"
      >
        {error && <ErrorNotice error={error} />}
        <InputField {...field('token')} label="Token" placeholder="0x…" />
        <InputField
          {...field('maxAmount')}
          label="Most per session"
          inputMode="numeric"
        />
        <PeriodField
          id={id}
          period={form.period}
          onChange={(period) => setForm((before) => ({ ...before, period }))}
        />
        {form.period.unit !== 'none' && (
          <InputField
            {...field('maxAmountPerPeriod')}
            label="Most per period"
            inputMode="numeric"
          />
        )}
        {limit && (
          <p className="text-parchment-dim text-sm">
            {describeSpendLimit(fromSpendLimitJson(limit))}
          </p>
        )}
      </form>
    </Dialog>
  )
}
