import { PlaykeyError } from '@/lib/errors/base-error'
import { bytesSchema } from '@/lib/permission/scalar-schema'
import { parseParams } from '@/lib/rpc/json-rpc'
import { getEventHub } from '@/lib/server/http/event-hub'
import { handleRoute } from '@/lib/server/http/handle-route'
import { openEventStream } from '@/lib/server/http/open-event-stream'
import { limitByAddress } from '@/lib/server/http/rate-limits'
import { findStreamSession } from '@/lib/server/session/find-stream-session'

export const dynamic = 'force-dynamic'

const sessionIdSchema = bytesSchema(32)

/** Server-sent events of one session: public chain facts, for whoever knows its id. */
export const GET = handleRoute(async (request) => {
  limitByAddress(request, 'events')
  const { searchParams } = new URL(request.url)
  const id = parseParams(sessionIdSchema, searchParams.get('sessionId'))
  const session = await findStreamSession(id)
  if (!session) throw new PlaykeyError('session_unknown')
  if (getEventHub().isFull)
    throw new PlaykeyError('temporarily_unavailable', {
      details: { retryAfterMs: 5_000 },
    })
  const lastId = Number(request.headers.get('last-event-id') ?? Number.NaN)
  const isTime = Number.isSafeInteger(lastId) && lastId >= 0
  const sinceMs = isTime ? Math.min(lastId, Date.now()) : null
  return new Response(openEventStream(session, sinceMs, request.signal), {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'access-control-allow-origin': '*',
    },
  })
})
