import { serializeError } from '@/lib/errors/action-result'
import { PlaykeyError, toPlaykeyError } from '@/lib/errors/base-error'
import { errorTable } from '@/lib/errors/error-table'
import { logger } from '../log/logger'

/** What the database driver and the chain client say when the other side is not there. */
const unavailableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
  'P1001',
  'P2024',
])

/** The error as callers may see it, logged as loudly as the table says. */
export function classifyError(cause: unknown, where: string): PlaykeyError {
  const known = toPlaykeyError(cause)
  const error =
    known.code === 'internal' && known.walk(isUnavailable)
      ? new PlaykeyError('temporarily_unavailable', {
          cause,
          details: { retryAfterMs: 2_000 },
        })
      : known
  const level = errorTable[error.code].logLevel
  logger[level]({ err: error.walk(), code: error.code, where }, error.message)
  return error
}

/** The error as an HTTP answer, with `Retry-After` where waiting helps. */
export function renderError(cause: unknown, where: string): Response {
  const error = classifyError(cause, where)
  return Response.json(
    { error: serializeError(error) },
    { status: errorTable[error.code].http, headers: retryHeaders(error) },
  )
}

/** `Retry-After` in whole seconds, for errors that name a wait. */
export function retryHeaders(error: PlaykeyError): Record<string, string> {
  const waitMs = error.details?.retryAfterMs
  if (typeof waitMs !== 'number') return {}
  return { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) }
}

function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    unavailableCodes.has(code) ||
    error.name === 'HttpRequestError' ||
    error.name === 'TimeoutError' ||
    error.message.startsWith('timeout exceeded when trying to connect') ||
    error.message.startsWith('Connection terminated')
  )
}
