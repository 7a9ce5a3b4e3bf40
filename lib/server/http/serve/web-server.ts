import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { answerEvents } from './answer-events'
import { answerRelay } from './answer-relay'
import { forwardedFor } from './caller'

/** Whoever sends headers or a request slower than this is let go. */
const HEADERS_TIMEOUT_MS = 15_000
const REQUEST_TIMEOUT_MS = 30_000
/** Longer than proxies keep idle connections, so that it is never us who close one that is about to be used. */
const KEEP_ALIVE_MS = 65_000
/** How often slow ones are looked for. */
const CHECK_MS = 5_000

/** Answers what is not answered here: pages, actions and the other routes. */
export type PageHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>

/**
 * The web process's HTTP server. `/api/relay` and `/api/events`, which every move goes through, are answered here, at a
 * fraction of what a route of Next costs; everything else goes to `answerPage`. Both read in `X-Forwarded-For` only what
 * can be believed.
 */
export function createWebServer(answerPage: PageHandler): Server {
  return createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_MS,
      noDelay: true,
    },
    (request, response) => {
      request.headers['x-forwarded-for'] = forwardedFor(request)
      void handlerOf(request, answerPage)(request, response)
    },
  )
}

function handlerOf(
  { url = '' }: IncomingMessage,
  answerPage: PageHandler,
): PageHandler {
  const query = url.indexOf('?')
  const path = query === -1 ? url : url.slice(0, query)
  if (path === '/api/relay') return answerRelay
  return path === '/api/events' ? answerEvents : answerPage
}
