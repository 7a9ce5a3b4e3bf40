import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { logger } from '../log/logger'
import type { RelayContext } from '../relay/relay-context'
import { checkHealth } from './check-health'
import { carriesToken } from './metrics-token'
import { METRICS_TYPE, renderMetrics } from './render-metrics'

export type MetricsServer = {
  /** Port it listens on; null when it could not. */
  port: number | null
  close(): Promise<void>
}

const HOST = '127.0.0.1'
const CONNECTIONS_MAX = 16
const REQUEST_TIMEOUT_MS = 5_000
/** A web page on the same machine could reach the port by a name of its own; programs call it by one of these. */
const loopback = /^(127\.0\.0\.1|localhost)(:\d+)?$/

/**
 * The worker's own `/metrics` and `/health`, on loopback only. The relay works without it: a port that is taken is
 * reported, and that is all.
 * @param token Asked for by `/metrics` when given.
 */
export async function serveMetrics(
  context: Pick<RelayContext, 'database' | 'client'>,
  { port, token }: { port: number; token: string | undefined },
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    answer(context, token, request)
      .catch(() => ({ status: 500, type: 'text/plain', body: '' }))
      .then((reply) => send(response, reply))
  })
  server.maxConnections = CONNECTIONS_MAX
  server.headersTimeout = REQUEST_TIMEOUT_MS
  server.requestTimeout = REQUEST_TIMEOUT_MS
  const listening = await listen(server, port)
  return {
    port: listening,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Reply = { status: number; type: string; body: string }

async function answer(
  context: Pick<RelayContext, 'database' | 'client'>,
  token: string | undefined,
  { method, url, headers }: IncomingMessage,
): Promise<Reply> {
  const nothing = { status: 404, type: 'text/plain', body: '' }
  if (method !== 'GET' || !loopback.test(headers.host ?? '')) return nothing
  if (url === '/health') {
    const health = await checkHealth(context)
    const status = health.status === 'down' ? 503 : 200
    const body = JSON.stringify(health)
    return { status, type: 'application/json', body }
  }
  const { authorization = null } = headers
  if (url !== '/metrics') return nothing
  if (token && !carriesToken(authorization, token)) return nothing
  return {
    ...{ status: 200, type: METRICS_TYPE },
    body: await renderMetrics(context),
  }
}

function send(response: ServerResponse, { status, type, body }: Reply): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    connection: 'close',
  })
  response.end(body)
}

function listen(server: Server, port: number): Promise<number | null> {
  return new Promise((resolve) => {
    server.on('error', (error) => {
      logger.error({ err: error, port }, 'metrics are not served')
      resolve(null)
    })
    server.listen(port, HOST, () => {
      const address = server.address()
      resolve(address && typeof address === 'object' ? address.port : null)
    })
  })
}
