import { MAX_PERIOD_SECONDS, MIN_PERIOD_SECONDS } from '@/lib/permission/limits'
import {
  type DurationUnit,
  durationUnits,
  secondsOf,
  unitOf,
} from '../ui/duration-unit'
import { InputField, SelectField } from '../ui/field'

/** A period as it is typed; without a unit there is none. */
export type PeriodText = { amount: string; unit: DurationUnit | 'none' }

/** A period in seconds as text to edit; 0 = none. */
export function periodTextOf(seconds: number): PeriodText {
  if (seconds === 0) return { amount: '1', unit: 'none' }
  const unit = unitOf(seconds)
  return { amount: String(seconds / durationUnits[unit]), unit }
}

/** Seconds of a period as it was typed: 0 for none, NaN for one that is no number. */
export function periodOf({ amount, unit }: PeriodText): number {
  return unit === 'none' ? 0 : secondsOf(amount, unit)
}

/** What is wrong with a period, or null. */
export function periodFaultOf(period: PeriodText): string | null {
  const seconds = periodOf(period)
  const fits = seconds >= MIN_PERIOD_SECONDS && seconds <= MAX_PERIOD_SECONDS
  return seconds === 0 || fits ? null : 'Choose 1 minute to 30 days.'
}

type PeriodFieldProps = {
  id: string
  period: PeriodText
  onChange: (period: PeriodText) => void
}

/** Chooses the period of a limit, or none. */
export function PeriodField({ id, period, onChange }: PeriodFieldProps) {
  const { amount, unit } = period
  return (
    <div className="grid grid-cols-2 gap-4">
      <SelectField
        id={`${id}-period-unit`}
        label="Limit per period"
        value={unit}
        onChange={(event) =>
          onChange({ amount, unit: event.target.value as PeriodText['unit'] })
        }
      >
        <option value="none">none</option>
        {Object.keys(durationUnits).map((name) => (
          <option key={name}>{name}</option>
        ))}
      </SelectField>
      {unit !== 'none' && (
        <InputField
          id={`${id}-period`}
          label={`Period, in ${unit}`}
          inputMode="numeric"
          value={amount}
          error={periodFaultOf(period)}
          onChange={(event) => onChange({ amount: event.target.value, unit })}
        />
      )}
    </div>
  )
}
