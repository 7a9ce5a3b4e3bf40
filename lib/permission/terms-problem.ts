import { type ErrorDetails, PlaykeyError } from '@/lib/errors/base-error'
import type { ErrorCode } from '@/lib/errors/error-table'
import { type TermsErrorName, termsErrorCodes } from './terms-error'

/** Where a problem is: keys and positions from the outside to the field. */
export type FieldPath = readonly (string | number)[]

/** One reason why the contract would refuse terms. */
export type TermsProblem = {
  /** Name of the contract's error. */
  error: TermsErrorName
  code: ErrorCode
  path: FieldPath
  /** What the field must be, without its name: `must be at least 60`. */
  message: string
}

/** A problem in the field at `path`. */
export function problem(
  error: TermsErrorName,
  path: FieldPath,
  message: string,
): TermsProblem {
  return { error, code: termsErrorCodes[error], path, message }
}

/** Problems of a part, as problems of the whole that has the part at `path`. */
export function problemsAt(
  path: FieldPath,
  problems: readonly TermsProblem[],
): TermsProblem[] {
  return problems.map((each) => ({ ...each, path: [...path, ...each.path] }))
}

/** A problem as an error to throw or show; its details name the field and the contract's error. */
export function toTermsError({
  error,
  code,
  path,
  message,
}: TermsProblem): PlaykeyError {
  const details: ErrorDetails = {
    error,
    field: path.join('.'),
    problem: message,
  }
  return new PlaykeyError(code, { details })
}
