/** Units in which people enter a length of time, in seconds. */
export const durationUnits = { minutes: 60, hours: 3_600, days: 86_400 }
export type DurationUnit = keyof typeof durationUnits

/** The largest unit that tells the duration without a fraction. */
export function unitOf(seconds: number): DurationUnit {
  if (seconds % durationUnits.days === 0) return 'days'
  return seconds % durationUnits.hours === 0 ? 'hours' : 'minutes'
}

/** Seconds of an amount as it was typed; NaN when it is no number. */
export function secondsOf(amount: string, unit: DurationUnit): number {
  const number = amount.trim() === '' ? Number.NaN : Number(amount)
  return Math.round(number * durationUnits[unit])
}
