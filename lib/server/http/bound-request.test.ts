import { NextRequest } from 'next/server'
import { expect, test } from 'vitest'
import { boundRequest } from './bound-request'

const URL = 'http://localhost:3000/api/auth/callback/siwe?a=1'

function form(body: BodyInit): NextRequest {
  return new NextRequest(URL, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
    duplex: 'half',
  })
}

test('security: a body without end is not read into memory', async () => {
  let sent = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1
      controller.enqueue(new Uint8Array(1_024))
    },
  })
  await expect(boundRequest(form(endless), 8_192)).rejects.toMatchObject({
    code: 'payload_too_large',
  })
  expect(sent).toBeLessThan(20)
})

test('behavior: the handler gets the same request', async () => {
  const request = await boundRequest(form('message=hello'), 8_192)
  expect(await request.text()).toBe('message=hello')
  expect(request.nextUrl.searchParams.get('a')).toBe('1')
  expect(request.headers.get('content-type')).toContain('urlencoded')
})
