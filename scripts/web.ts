import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { getEventHub } from '@/lib/server/http/event-hub'
import { createWebServer } from '@/lib/server/http/serve/web-server'
import { startTracing } from '@/lib/server/observe/tracing'

/**
 * The web process, in production and in development (`--dev`): pages by Next, the relay's requests and events answered
 * before them. Stops cleanly on SIGTERM and SIGINT.
 */
const STOP_GRACE_MS = 5_000

const { values: flags } = parseArgs({
  options: {
    dev: { type: 'boolean', default: false },
    hostname: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '3000' },
  },
})
// Next and React decide by it when they are loaded.
Object.assign(process.env, {
  NODE_ENV: flags.dev ? 'development' : 'production',
})
const { default: next } = await import('next')
const stopTracing = await startTracing('playkey-web')

const { dev, hostname } = flags
const port = Number(flags.port)
const app = next({ dev, hostname, port })
await app.prepare()
const answerPage = app.getRequestHandler()
const server = createWebServer(async (request, response) => {
  try {
    await answerPage(request, response)
  } catch (error) {
    console.error(error)
    response.statusCode = 500
    response.end('Internal Server Error')
  }
})
server.on('error', (error) => {
  console.error(error.message)
  process.exit(1)
})
server.listen(port, hostname, () => {
  const { port: own } = server.address() as AddressInfo
  console.log(`Listening on http://${hostname}:${own}`)
})

let stopping = false
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, async () => {
    if (stopping) return
    stopping = true
    const closed = new Promise((resolve) => server.close(resolve))
    await getEventHub().close()
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS).unref()
    await closed
    await app.close()
    await stopTracing?.()
    process.exit()
  })
