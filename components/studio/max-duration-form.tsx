'use client'

import { type FormEvent, useState, useTransition } from 'react'
import type { ActionResult, SerializedError } from '@/lib/errors/action-result'
import type { DraftView } from '@/lib/policy/studio-view'
import { Button } from '../ui/button'
import {
  type DurationUnit,
  durationUnits,
  secondsOf,
  unitOf,
} from '../ui/duration-unit'
import { InputField, SelectField } from '../ui/field'
import { formatDuration } from '../ui/format-duration'
import { ErrorNotice } from '../ui/notice'

type MaxDurationFormProps = {
  seconds: number
  save: (seconds: number) => Promise<ActionResult<DraftView>>
  onSaved: (draft: DraftView) => void
}

/** Longest session that a player may grant under the next version. */
export function MaxDurationForm({
  seconds,
  save,
  onSaved,
}: MaxDurationFormProps) {
  const [unit, setUnit] = useState<DurationUnit>(unitOf(seconds))
  const [amount, setAmount] = useState(
    String(seconds / durationUnits[unitOf(seconds)]),
  )
  const [error, setError] = useState<SerializedError | null>(null)
  const [saving, startSaving] = useTransition()
  const chosen = secondsOf(amount, unit)
  const valid = chosen >= 60 && chosen <= 30 * durationUnits.days

  const submit = (event: FormEvent) => {
    event.preventDefault()
    startSaving(async () => {
      const result = await save(chosen)
      setError(result.ok ? null : result.error)
      if (result.ok) onSaved(result.data)
    })
  }

  return (
    <form
      onSubmit={submit}
      className="hairline flex flex-col gap-3 border-t pt-5"
    >
      <div className="flex flex-wrap items-end gap-3">
        <div className="w-28">
          <InputField
            id="max-duration"
            label="Longest session"
            inputMode="numeric"
            value={amount}
            onChange={(event) => setAmount(event.target.value)}
          />
        </div>
        <div className="w-32">
          <SelectField
            id="max-duration-unit"
            label="Unit of the longest session"
            labelHidden
            value={unit}
            onChange={(event) => setUnit(event.target.value as DurationUnit)}
          >
            {Object.keys(durationUnits).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </SelectField>
        </div>
        <Button
          type="submit"
          pending={saving}
          disabled={!valid || chosen === seconds}
        >
          Save duration
        </Button>
        <p className="basis-full text-[13px] text-parchment-faint">
          {valid
            ? `Players may choose any time up to ${formatDuration(chosen)}.`
            : 'Choose between 1 minute and 30 days.'}
        </p>
      </div>
      {error && <ErrorNotice error={error} />}
    </form>
  )
}
