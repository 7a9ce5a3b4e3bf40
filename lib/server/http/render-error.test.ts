import pino from 'pino'
import { describe, expect, test, vi } from 'vitest'
import { PlaykeyError } from '@/lib/errors/base-error'
import { logger } from '../log/logger'
import { getRegistry } from '../observe/registry'
import { renderError } from './render-error'

/** What is logged while `work` runs. */
async function logOf(work: () => Promise<unknown>): Promise<string[]> {
  const stream = Reflect.get(logger, pino.symbols.streamSym) as {
    write(line: string): void
  }
  const lines: string[] = []
  const spy = vi
    .spyOn(stream, 'write')
    .mockImplementation((line) => void lines.push(line))
  await work()
  spy.mockRestore()
  return lines
}

async function answerTo(error: unknown) {
  const response = renderError(error, '/api/config')
  return { response, body: (await response.json()) as Body }
}

type Body = {
  error: { code: string; message: string; details?: { requestId?: string } }
}

describe('behavior: what is our fault can be looked up', () => {
  test.each([
    ['something unknown', new Error('at the wrong place'), 500, 'internal'],
    [
      'a database that is away',
      Object.assign(new Error('connect to 10.0.0.7'), { code: 'ECONNREFUSED' }),
      ...[503, 'temporarily_unavailable'],
    ],
    [
      'a database that went away in the middle',
      Object.assign(new Error('Server has closed the connection.'), {
        code: 'P1017',
      }),
      ...[503, 'temporarily_unavailable'],
    ],
    [
      'a database that is shut down',
      Object.assign(new Error('Database error. Code: `57P01`.'), {
        code: 'P2039',
        meta: { driverAdapterError: { cause: { originalCode: '57P01' } } },
      }),
      ...[503, 'temporarily_unavailable'],
    ],
  ] as [string, Error, number, string][])(
    '%s',
    async (_, error, status, code) => {
      let answer: Awaited<ReturnType<typeof answerTo>> | undefined
      const lines = await logOf(async () => {
        answer = await answerTo(error)
      })
      const requestId = answer?.body.error.details?.requestId
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/)
      expect(answer?.response.status).toBe(status)
      expect(answer?.response.headers.get('x-request-id')).toBe(requestId)
      expect(answer?.body.error.message).not.toContain(error.message)
      expect(lines).toHaveLength(1)
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({
        ...{ requestId, code, where: '/api/config', level: 'error' },
        err: { message: error.message },
      })
    },
  )
})

test('behavior: a mistake of the caller is counted by its code, and neither named nor logged', async () => {
  const lines = await logOf(async () => {
    const error = new PlaykeyError('rate_limited', {
      details: { retryAfterMs: 1_500 },
    })
    const { response, body } = await answerTo(error)
    expect(response.headers.get('x-request-id')).toBeNull()
    expect(response.headers.get('retry-after')).toBe('2')
    expect(body.error.details).toEqual({ retryAfterMs: 1_500 })
  })
  expect(lines).toEqual([])
  const text = await getRegistry().metrics()
  expect(text).toContain('playkey_refusals_total{code="rate_limited"} 1')
})
