import { type ErrorDetails, PlaykeyError } from '@/lib/errors/base-error'
import type { ErrorCode } from '@/lib/errors/error-table'
import { describeDuration } from '../permission/period'

/** Why an intent would not run, before it becomes an error. */
export type Refusal = {
  code: ErrorCode
  details: ErrorDetails
  /** Replaces the table's remedy. */
  remedy?: string
}

/** A refusal with the table's words. */
export function refuse(code: ErrorCode, details: ErrorDetails): Refusal {
  return { code, details }
}

/** The same refusal, which ends by itself when the next period starts, at `nextPeriodAt` (unix seconds). */
export function waitUntil(
  refusal: Refusal,
  { nowSeconds, nextPeriodAt }: { nowSeconds: number; nextPeriodAt: number },
): Refusal {
  const wait = describeDuration(nextPeriodAt - nowSeconds)
  return {
    ...refusal,
    details: { ...refusal.details, nextPeriodAt },
    remedy: `Wait ${wait}, until the next period starts.`,
  }
}

/** The refusal as an error to show. */
export function toError({ code, details, remedy }: Refusal): PlaykeyError {
  return new PlaykeyError(
    code,
    remedy === undefined ? { details } : { details, remedy },
  )
}
