'use client'

import { type FormEvent, useId, useState, useTransition } from 'react'
import { formatEther, parseEther } from 'viem'
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

type Form = Record<
  | 'name'
  | 'description'
  | 'contract'
  | 'signature'
  | 'maxCalls'
  | 'ethPerCall'
  | 'ethTotal'
  | 'gasLimit',
  string
>

const formOf = (row: DraftActionView | null, contract: string): Form => ({
  name: row?.name ?? '',
  description: row?.description ?? '',
  contract: row?.permission.to ?? contract,
  signature: row?.permission.signature ?? '',
  maxCalls: String(row?.permission.maxCalls ?? 100),
  ethPerCall: formatEther(BigInt(row?.permission.maxValuePerCall ?? 0)),
  ethTotal: formatEther(BigInt(row?.permission.maxValue ?? 0)),
  gasLimit: String(row?.gasLimit ?? 150_000),
})

const isEther = (text: string) => /^\d+(\.\d{1,18})?$/.test(text.trim())
const isCount = (text: string) => /^\d+$/.test(text.trim())

/** First thing wrong with the form by its field; the server checks all of it again. */
function faultsOf(form: Form): Partial<Form> {
  const faults: Partial<Form> = {}
  if (!isCount(form.maxCalls)) faults.maxCalls = 'Enter a whole number.'
  if (!isCount(form.gasLimit)) faults.gasLimit = 'Enter a whole number.'
  if (!isEther(form.ethPerCall)) faults.ethPerCall = 'Enter an amount of ETH.'
  if (!isEther(form.ethTotal)) faults.ethTotal = 'Enter an amount of ETH.'
  if (!form.name.trim()) faults.name = 'Players need a name to read.'
  if (!/^\w+\(.*\)$/.test(form.signature.trim())) {
    faults.signature = 'Write it like move(uint8).'
  }
  return faults
}

const inputOf = (form: Form, id: string | undefined): GameActionInput => ({
  id,
  name: form.name.trim(),
  description: form.description.trim(),
  contract: form.contract.trim(),
  signature: form.signature.trim(),
  maxCalls: Number(form.maxCalls),
  maxValuePerCall: String(parseEther(form.ethPerCall.trim())),
  maxValue: String(parseEther(form.ethTotal.trim())),
  gasLimit: Number(form.gasLimit),
})

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

  const field = (name: keyof Form) => ({
    id: `${id}-${name}`,
    value: form[name],
    error: tried ? (faults[name] ?? null) : null,
    onChange: (event: { target: { value: string } }) =>
      setForm((before) => ({ ...before, [name]: event.target.value })),
  })

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (Object.keys(faults).length > 0) return
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
      </form>
    </Dialog>
  )
}
