import type { AddressInfo } from 'node:net'
import { getEventHub } from '@/lib/server/http/event-hub'
import { createWebServer } from '@/lib/server/http/serve/web-server'

/** A web process's HTTP server in this process, without pages. */
export type RelayServer = { url: string; close(): Promise<void> }

/** Serves `/api/relay` and `/api/events` on a free port. */
export async function serveRelay(): Promise<RelayServer> {
  const server = createWebServer(async (_, response) => {
    response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      await getEventHub().close()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
