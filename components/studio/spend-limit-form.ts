import { isAddress } from 'viem'
import { MAX_AMOUNT } from '@/lib/permission/limits'
import type { SpendLimitJson } from '@/lib/permission/terms'
import { spendLimitJsonSchema } from '@/lib/permission/terms-schema'
import {
  type PeriodText,
  periodFaultOf,
  periodOf,
  periodTextOf,
} from './period-field'

type Lines = Record<'token' | 'maxAmount' | 'maxAmountPerPeriod', string>

/** One spend limit as it is typed. */
export type SpendLimitForm = Lines & { period: PeriodText }

export type SpendLimitField = keyof Lines

/** A spend limit as a form; null begins a new one. */
export function formOf(limit: SpendLimitJson | null): SpendLimitForm {
  return {
    token: limit?.token ?? '',
    maxAmount: limit?.maxAmount ?? '',
    maxAmountPerPeriod: limit?.period ? limit.maxAmountPerPeriod : '',
    period: periodTextOf(limit?.period ?? 0),
  }
}

const isAmount = (text: string) =>
  /^[1-9]\d{0,33}$/.test(text.trim()) && BigInt(text) <= MAX_AMOUNT

/** First thing wrong with each line of the form; the server checks all of it again. */
export function faultsOf(form: SpendLimitForm): Partial<Lines> {
  const faults: Partial<Lines> = {}
  const { token, maxAmount, maxAmountPerPeriod, period } = form
  if (!isAddress(token.trim())) faults.token = 'Enter the token’s address.'
  if (!isAmount(maxAmount)) faults.maxAmount = 'Enter a whole number from 1.'
  if (period.unit === 'none') return faults
  if (!isAmount(maxAmountPerPeriod)) {
    faults.maxAmountPerPeriod = 'Enter a whole number from 1.'
  } else if (
    !faults.maxAmount &&
    BigInt(maxAmountPerPeriod) > BigInt(maxAmount)
  )
    faults.maxAmountPerPeriod = 'Not more than per session.'
  return faults
}

/** The spend limit that was typed, or null while something is wrong with it. */
export function limitOf(form: SpendLimitForm): SpendLimitJson | null {
  const isWhole = Object.keys(faultsOf(form)).length === 0
  if (!isWhole || periodFaultOf(form.period) !== null) return null
  const period = periodOf(form.period)
  const limit = spendLimitJsonSchema.safeParse({
    token: form.token.trim(),
    maxAmount: form.maxAmount.trim(),
    period,
    maxAmountPerPeriod: period > 0 ? form.maxAmountPerPeriod.trim() : '0',
  })
  return limit.success ? limit.data : null
}
