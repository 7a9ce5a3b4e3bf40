'use client'

import { type FormEvent, useId, useState, useTransition } from 'react'
import type { ActionResult, SerializedError } from '@/lib/errors/action-result'
import type {
  DraftActionView,
  DraftView,
  GameActionInput,
} from '@/lib/policy/studio-view'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { InputField, TextareaField } from '../ui/field'
import { ErrorNotice } from '../ui/notice'
import { AbiPicker } from './abi-picker'
import {
  carriesEther,
  faultsOf,
  formOf,
  type GameActionField,
  inputOf,
  isSendable,
} from './game-action-form'
import { PeriodField } from './period-field'
import { RuleFields } from './rule-fields'

type GameActionDialogProps = {
  /** Row to edit; null adds one. */
  row: DraftActionView | null
  defaultContract: string
  save: (input: GameActionInput) => Promise<ActionResult<DraftView>>
  onSaved: (draft: DraftView) => void
  onClose: () => void
}

/** Form of one game action. */
export function GameActionDialog(props: GameActionDialogProps) {
  const { row, save, onSaved, onClose } = props
  const id = useId()
  const [form, setForm] = useState(() => formOf(row, props.defaultContract))
  const [tried, setTried] = useState(false)
  const [error, setError] = useState<SerializedError | null>(null)
  const [saving, startSaving] = useTransition()
  const faults = faultsOf(form)
  const hasPeriod = form.period.unit !== 'none'

  const field = (name: GameActionField) => ({
    id: `${id}-${name}`,
    value: form[name],
    error: tried ? (faults[name] ?? null) : null,
    onChange: (event: { target: { value: string } }) =>
      setForm((before) => ({ ...before, [name]: event.target.value })),
  })

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!isSendable(form)) return
    startSaving(async () => {
      const result = await save(inputOf(form, row?.id))
      if (result.ok) onSaved(result.data)
      else setError(result.error)
    })
  }

  return (
    <Dialog
      title={row ? `Edit ${row.name}` : 'Add game action'}
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
            {row ? 'Save action' : 'Add to draft'}
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
        <InputField
          {...field('name')}
          label="Name"
          maxLength={40}
          placeholder="Move"
        />
        <TextareaField
          {...field('description')}
          label="What it does, for players"
          maxLength={160}
          placeholder="Take one step through the dungeon."
        />
        <InputField
          {...field('contract')}
          label="Contract"
          className="font-mono text-[13px]"
          spellCheck={false}
        />
        <InputField
          {...field('signature')}
          label="Function signature"
          className="font-mono text-[13px]"
          placeholder="move(uint8)"
          spellCheck={false}
        />
        <AbiPicker
          onPick={(choice) =>
            setForm((before) => ({ ...before, signature: choice.signature }))
          }
        />
        <div className="grid grid-cols-2 gap-4">
          <InputField
            {...field('maxCalls')}
            label="Calls per session"
            inputMode="numeric"
          />
          <InputField
            {...field('gasLimit')}
            label="Gas per call"
            inputMode="numeric"
          />
          <InputField
            {...field('ethPerCall')}
            label="ETH per call"
            inputMode="decimal"
          />
          <InputField
            {...field('ethTotal')}
            label="ETH per session"
            inputMode="decimal"
          />
        </div>
        <PeriodField
          id={id}
          period={form.period}
          onChange={(period) => setForm((before) => ({ ...before, period }))}
        />
        {hasPeriod && (
          <div className="grid grid-cols-2 gap-4">
            <InputField
              {...field('callsPerPeriod')}
              label="Calls per period"
              inputMode="numeric"
            />
            {carriesEther(form) && (
              <InputField
                {...field('ethPerPeriod')}
                label="ETH per period"
                inputMode="decimal"
              />
            )}
          </div>
        )}
        <RuleFields
          id={id}
          rules={form.rules}
          signature={form.signature.trim()}
          hasPeriod={hasPeriod}
          onChange={(rules) => setForm((before) => ({ ...before, rules }))}
        />
      </form>
    </Dialog>
  )
}
