'use client'

import { clsx } from 'clsx'
import { useId, useState } from 'react'
import {
  type DurationUnit,
  durationUnits,
  secondsOf,
} from '../ui/duration-unit'
import { InputField, SelectField } from '../ui/field'
import { formatDuration } from '../ui/format-duration'

const presets = [900, 3_600, 7_200, 86_400]

/** A day is told in hours here, to compare with its neighbours. */
const labelOf = (seconds: number) =>
  seconds === 86_400 ? '24 hours' : formatDuration(seconds)

/** Preset to begin with: an hour, or the longest that the policy allows. */
export function defaultDuration(maxSeconds: number): number {
  const fitting = presets.filter((preset) => preset <= maxSeconds)
  return fitting.includes(3_600) ? 3_600 : (fitting.at(-1) ?? maxSeconds)
}

type DurationPickerProps = {
  seconds: number
  maxSeconds: number
  disabled: boolean
  onChange: (seconds: number) => void
}

const choice =
  'flex h-10 items-center justify-center rounded-lg border px-1 text-center text-sm transition-colors has-focus-visible:outline-2 has-focus-visible:outline-torch'

/** How long the session lasts: presets, or any time up to the policy's maximum. */
export function DurationPicker(props: DurationPickerProps) {
  const { seconds, maxSeconds, disabled, onChange } = props
  const id = useId()
  const [custom, setCustom] = useState(!presets.includes(seconds))
  const fitting = presets.filter((preset) => preset <= maxSeconds)

  const option = (label: string, checked: boolean, onPick: () => void) => (
    <label
      key={label}
      className={clsx(
        choice,
        checked
          ? 'border-torch/60 bg-torch/12 font-medium text-torch-bright'
          : 'border-white/12 text-parchment-dim hover:border-white/25',
      )}
    >
      <input
        type="radio"
        name={`${id}-duration`}
        checked={checked}
        onChange={onPick}
        className="sr-only"
      />
      {label}
    </label>
  )

  return (
    <fieldset disabled={disabled} className="min-w-0">
      <legend className="mb-2 font-medium text-[13px] text-parchment-faint">
        For how long
      </legend>
      <div className="grid grid-cols-3 gap-2 sm:grid-cols-5">
        {fitting.map((preset) =>
          option(labelOf(preset), !custom && preset === seconds, () => {
            setCustom(false)
            onChange(preset)
          }),
        )}
        {option('Custom', custom, () => setCustom(true))}
      </div>
      {custom && (
        <CustomDuration id={id} maxSeconds={maxSeconds} onChange={onChange} />
      )}
    </fieldset>
  )
}

type CustomDurationProps = {
  id: string
  maxSeconds: number
  onChange: (seconds: number) => void
}

function CustomDuration({ id, maxSeconds, onChange }: CustomDurationProps) {
  const [amount, setAmount] = useState('30')
  const [unit, setUnit] = useState<DurationUnit>('minutes')

  const apply = (nextAmount: string, nextUnit: DurationUnit) => {
    setAmount(nextAmount)
    setUnit(nextUnit)
    const next = secondsOf(nextAmount, nextUnit)
    if (next >= 60 && next <= maxSeconds) onChange(next)
  }

  const chosen = secondsOf(amount, unit)
  const valid = chosen >= 60 && chosen <= maxSeconds
  const limit = `between 1 minute and ${formatDuration(maxSeconds)}`
  return (
    <div className="mt-3 grid grid-cols-2 gap-3">
      <InputField
        id={`${id}-amount`}
        label="Custom duration"
        inputMode="numeric"
        value={amount}
        error={valid ? null : `Choose ${limit}.`}
        hint={`Any time ${limit}.`}
        onChange={(event) => apply(event.target.value, unit)}
      />
      <SelectField
        id={`${id}-unit`}
        label="Unit"
        value={unit}
        onChange={(event) => apply(amount, event.target.value as DurationUnit)}
      >
        {Object.keys(durationUnits).map((name) => (
          <option key={name}>{name}</option>
        ))}
      </SelectField>
    </div>
  )
}
