import type { IncomingMessage } from 'node:http'
import type { Hex } from 'viem'
import { securityHeaders } from '@/lib/config/security-headers'
import { PlaykeyError } from '@/lib/errors/base-error'
import { bytesSchema } from '@/lib/permission/scalar-schema'
import { parseParams } from '@/lib/rpc/json-rpc'
import { noteRequest } from '../../observe/note-request'
import { findStreamSession } from '../../session/find-stream-session'
import { getEventHub } from '../event-hub'
import { openEventStream } from '../open-event-stream'
import { limitByAddress } from '../rate-limits'
import { classifyError } from '../render-error'
import { type Answerer, answerEmpty, answerError } from './answer'
import { callerOf } from './caller'

const sessionIdSchema = bytesSchema(32)
const headers = {
  ...securityHeaders,
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'access-control-allow-origin': '*',
}

/** `/api/events`: server-sent events of one session: public chain facts, for whoever knows its id. */
export const answerEvents: Answerer = async (request, response) => {
  const allow = 'GET, HEAD, OPTIONS'
  if (request.method === 'OPTIONS') return answerEmpty(response, 204, { allow })
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return answerEmpty(response, 405, { allow })
  const startedMs = performance.now()
  const note = (code: PlaykeyError['code'] | null) =>
    noteRequest('events', code, performance.now() - startedMs)
  try {
    const session = await findSession(request)
    response.writeHead(200, headers)
    if (request.method === 'HEAD') response.end()
    else openEventStream(session, lastSeenMs(request), response)
    note(null)
  } catch (cause) {
    const error = classifyError(cause, '/api/events')
    note(error.code)
    answerError(response, error)
  }
}

async function findSession(
  request: IncomingMessage,
): Promise<{ id: Hex; policyId: string | null }> {
  limitByAddress(callerOf(request), 'events')
  const query = new URLSearchParams((request.url ?? '').split('?')[1])
  const id = parseParams(sessionIdSchema, query.get('sessionId'))
  const session = await findStreamSession(id)
  if (!session) throw new PlaykeyError('session_unknown')
  if (getEventHub().isFull)
    throw new PlaykeyError('temporarily_unavailable', {
      details: { retryAfterMs: 5_000 },
    })
  return session
}

/** Unix milliseconds of the last event that a reader has who comes back; null for a new one. */
function lastSeenMs({ headers }: IncomingMessage): number | null {
  const lastId = Number(headers['last-event-id'] ?? Number.NaN)
  const isTime = Number.isSafeInteger(lastId) && lastId >= 0
  return isTime ? Math.min(lastId, Date.now()) : null
}
