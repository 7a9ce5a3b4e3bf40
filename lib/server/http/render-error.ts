import { randomUUID } from 'node:crypto'
import { serializeError } from '@/lib/errors/action-result'
import { PlaykeyError, toPlaykeyError } from '@/lib/errors/base-error'
import { errorTable } from '@/lib/errors/error-table'
import { logger } from '../log/logger'
import { countRefusal } from '../observe/note-request'

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
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'P2037',
])

/**
 * The error as callers may see it, counted, and logged as loudly as the table says. One that is our fault carries
 * `details.requestId`, which the log has too: what a player reports can be looked up.
 */
export function classifyError(cause: unknown, where: string): PlaykeyError {
  const known = toPlaykeyError(cause)
  const error =
    known.code === 'internal' && known.walk(isUnavailable)
      ? new PlaykeyError('temporarily_unavailable', {
          cause,
          details: { retryAfterMs: 2_000 },
        })
      : known
  const { code, message, remedy, details } = error
  countRefusal(code)
  const { http, logLevel } = errorTable[code]
  const line = { err: error.walk(), code, where }
  if (http < 500) {
    logger[logLevel](line, message)
    return error
  }
  const requestId = randomUUID()
  logger[logLevel]({ ...line, requestId }, message)
  return new PlaykeyError(code, {
    ...{ message, remedy, cause },
    details: { ...details, requestId },
  })
}

/** Whatever was thrown, classified, as an HTTP answer. */
export function renderError(cause: unknown, where: string): Response {
  return toResponse(classifyError(cause, where))
}

/** A classified error as an HTTP answer. */
export function toResponse(error: PlaykeyError): Response {
  return Response.json(
    { error: serializeError(error) },
    { status: errorTable[error.code].http, headers: errorHeaders(error) },
  )
}

/** `Retry-After` in whole seconds where waiting helps, and `X-Request-Id` where the log knows more. */
export function errorHeaders(error: PlaykeyError): Record<string, string> {
  const { retryAfterMs: waitMs, requestId } = error.details ?? {}
  return {
    ...(typeof waitMs === 'number'
      ? { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) }
      : {}),
    ...(typeof requestId === 'string' ? { 'x-request-id': requestId } : {}),
  }
}

function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    unavailableCodes.has(code) ||
    unavailableCodes.has(databaseCodeOf(error)) ||
    error.name === 'HttpRequestError' ||
    error.name === 'TimeoutError' ||
    error.message.startsWith('timeout exceeded when trying to connect') ||
    error.message.startsWith('Connection terminated')
  )
}

/** PostgreSQL's own code inside an error of Prisma that has no better name for it. */
function databaseCodeOf(error: Error): string {
  const { meta } = error as {
    meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } } }
  }
  return String(meta?.driverAdapterError?.cause?.originalCode ?? '')
}
