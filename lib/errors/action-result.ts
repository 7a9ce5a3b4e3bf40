import { type ErrorDetails, PlaykeyError, toPlaykeyError } from './base-error'
import { type ErrorCode, errorTable } from './error-table'

/** An error as it crosses the server/client line. Plain JSON. */
export type SerializedError = {
  code: ErrorCode
  message: string
  remedy: string
  details?: ErrorDetails
}

/** What every server action returns. Errors are returned, never thrown: Next masks thrown messages in production. */
export type ActionResult<T> =
  | { ok: true; data: T }
  | { ok: false; error: SerializedError }

/** `error` as plain JSON. Unknown errors become `internal` and lose their text, which may hold secrets. */
export function serializeError(error: unknown): SerializedError {
  const { code, message, remedy, details } = toPlaykeyError(error)
  return details === undefined
    ? { code, message, remedy }
    : { code, message, remedy, details }
}

/** The error that `serializeError` wrote, as a throwable. An unknown code, from a newer server, becomes `internal` with the server's words. */
export function deserializeError(error: SerializedError): PlaykeyError {
  const code = Object.hasOwn(errorTable, error.code) ? error.code : 'internal'
  return new PlaykeyError(code, {
    message: error.message,
    remedy: error.remedy,
    ...(error.details === undefined ? {} : { details: error.details }),
  })
}

/** Data of a result. @throws PlaykeyError the action's error. */
export function unwrapResult<T>(result: ActionResult<T>): T {
  if (result.ok) return result.data
  throw deserializeError(result.error)
}
