import type { IncomingMessage, Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { securityHeaders } from '@/lib/config/security-headers'
import { MAX_BODY_BYTES } from '../read-body'
import { forwardedFor } from './caller'
import { createWebServer } from './web-server'

let server: Server
let url: string
const pages: string[] = []
const callers: unknown[] = []

beforeAll(async () => {
  server = createWebServer(async (request, response) => {
    pages.push(request.url ?? '')
    callers.push(request.headers['x-forwarded-for'])
    response.end('page')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server?.close()
  server?.closeAllConnections()
})

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${url}${path}`, init)

/** What the server says to these bytes, until it ends the connection or `ms` pass. */
function speak(text: string, ms = 500): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect((server.address() as AddressInfo).port)
    let heard = ''
    const end = () => {
      socket.destroy()
      resolve(heard)
    }
    socket.on('data', (chunk) => {
      heard += chunk.toString()
    })
    socket.on('close', end)
    setTimeout(end, ms)
    socket.write(text)
  })
}

describe('routing', () => {
  test.each(['/', '/api/health', '/api/relay/', '/api/relayed', '//api/relay'])(
    'behavior: %s goes to the pages',
    async (path) => {
      expect(await (await ask(path)).text()).toBe('page')
      expect(pages.at(-1)).toBe(path)
    },
  )

  test('behavior: a query does not lead elsewhere', async () => {
    const { status } = await ask('/api/relay?page=1')
    expect(status).toBe(405)
  })
})

describe('/api/relay', () => {
  test('behavior: games of any origin may ask first', async () => {
    const { status, headers } = await ask('/api/relay', { method: 'OPTIONS' })
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-allow-headers')).toBe('content-type')
  })

  test.each(['GET', 'HEAD', 'PUT', 'DELETE'])(
    'error: %s is not for it',
    async (method) => {
      const { status, headers } = await ask('/api/relay', { method })
      expect(status).toBe(405)
      expect(headers.get('allow')).toBe('POST, OPTIONS')
    },
  )

  test('security: refusals carry the same headers as pages, and CORS', async () => {
    const response = await ask('/api/relay', { method: 'POST', body: '{' })
    expect(response.status).toBe(400)
    for (const [name, value] of Object.entries(securityHeaders))
      expect(response.headers.get(name)).toBe(value)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(await response.json()).toMatchObject({
      error: { data: { code: 'parse_error' } },
    })
  })

  test('security: a body that says it is too large is not read', async () => {
    const head = 'POST /api/relay HTTP/1.1\r\nhost: x\r\n'
    const size = MAX_BODY_BYTES + 1
    const heard = await speak(`${head}content-length: ${size}\r\n\r\n{`)
    expect(heard).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('security: nor is one that does not say so, and the next request is answered', async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(65_536))
        sent += 65_536
        if (sent > 2 * MAX_BODY_BYTES) controller.close()
      },
    })
    let sent = 0
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit
    expect((await ask('/api/relay', init)).status).toBe(413)
    const next = await ask('/api/relay', { method: 'POST', body: '[]' })
    expect(next.status).toBe(400)
  })
})

describe('/api/events', () => {
  test('error: without a session', async () => {
    const response = await ask('/api/events?sessionId=0x12')
    expect(response.status).toBe(400)
    expect(response.headers.get('x-frame-options')).toBe('DENY')
    expect(await response.json()).toMatchObject({
      error: { code: 'invalid_params' },
    })
  })

  test('error: POST is not for it', async () => {
    const { status, headers } = await ask('/api/events', { method: 'POST' })
    expect(status).toBe(405)
    expect(headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  })
})

test('security: whoever is slow to send is let go, and headers have a limit', async () => {
  expect(server.headersTimeout).toBe(15_000)
  expect(server.requestTimeout).toBe(30_000)
  const heard = await speak(
    `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`,
  )
  expect(heard).toMatch(/^HTTP\/1\.1 431 /)
})

// Guarantee: limits count per network address; nobody gets a fresh one by leaving the header out, sending it twice or inventing it.
test('security: who calls', () => {
  const from = (remoteAddress: string, said?: string | string[]) =>
    forwardedFor({
      headers: said === undefined ? {} : { 'x-forwarded-for': said },
      socket: { remoteAddress },
    } as IncomingMessage)
  expect(from('203.0.113.9')).toBe('203.0.113.9')
  for (const outside of ['203.0.113.9', '::ffff:203.0.113.9', '2001:db8::9'])
    expect(from(outside, '1.1.1.1')).toBe(outside)
  for (const proxy of ['127.0.0.1', '::1', '10.1.2.3', '::ffff:192.168.0.7'])
    expect(from(proxy, '1.1.1.1, 2.2.2.2')).toBe('1.1.1.1, 2.2.2.2')
})

test('behavior: pages read the caller in the same place', async () => {
  await ask('/page')
  expect(callers.at(-1)).toBe('127.0.0.1')
})
