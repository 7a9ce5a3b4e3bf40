import type { IncomingMessage, ServerResponse } from 'node:http'
import { securityHeaders } from '@/lib/config/security-headers'
import { serializeError } from '@/lib/errors/action-result'
import type { PlaykeyError } from '@/lib/errors/base-error'
import { errorTable } from '@/lib/errors/error-table'
import { errorHeaders } from '../render-error'

type Headers = Readonly<Record<string, string>>

/** Answers one request of `/api/relay` or `/api/events`. Never rejects. */
export type Answerer = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>

/** Ends an answer with JSON. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Headers = {},
): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    ...securityHeaders,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  })
  response.end(text)
}

/** Ends an answer with an error as routes render it. */
export function answerError(
  response: ServerResponse,
  error: PlaykeyError,
): void {
  const { http } = errorTable[error.code]
  const body = { error: serializeError(error) }
  answerJson(response, http, body, errorHeaders(error))
}

/** Ends an answer without a body: what may be asked of a path, and what not. */
export function answerEmpty(
  response: ServerResponse,
  status: 204 | 405,
  headers: Headers,
): void {
  response.writeHead(status, { ...securityHeaders, ...headers })
  response.end()
}
