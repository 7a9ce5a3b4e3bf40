import { HttpRequestError } from 'viem'
import { describe, expect, test } from 'vitest'
import { describeError } from './describe-error'

describe('behavior: an error says what, which and where', () => {
  test('of the database driver', () => {
    const error = Object.assign(
      new Error('connect ECONNREFUSED 1.2.3.4:5432'),
      {
        code: 'ECONNREFUSED',
      },
    )
    const described = describeError(error)
    expect(described).toMatchObject({
      name: 'Error',
      message: 'connect ECONNREFUSED 1.2.3.4:5432',
      code: 'ECONNREFUSED',
    })
    expect(described.at?.[0]).toContain('describe-error.test.ts')
    expect(described.at?.length).toBeLessThanOrEqual(4)
  })

  test('of Prisma, whose message begins with an empty line', () => {
    const error = new Error('\nInvalid `prisma.intent.create()` invocation:\n')
    expect(describeError(error).message).toBe(
      'Invalid `prisma.intent.create()` invocation:',
    )
  })

  test('something that is none', () => {
    expect(describeError('0xsecret')).toEqual({ name: 'unknown', message: '' })
  })
})

// Guarantee: neither the request nor the address of a paid node gets into the log with the error that it ended in.
test('security: requests and addresses of the chain client stay out', () => {
  const error = new HttpRequestError({
    url: 'https://rpc.example.org/v2/secret-of-the-operator',
    body: { method: 'eth_sendRawTransaction', params: ['0x02f8'] },
    status: 429,
  })
  expect(JSON.stringify(describeError(error))).not.toMatch(/secret|0x02f8/)
})

// Guarantee: an error that quotes a signed transaction or a signature does not carry it into the log.
test('security: long hex is cut out, ids stay', () => {
  const id = `0x${'ab'.repeat(32)}`
  const raw = `0x${'cd'.repeat(65)}`
  const { message, at } = describeError(new Error(`no ${raw} for ${id}`))
  expect(message).toBe(`no 0x… for ${id}`)
  expect(JSON.stringify(at)).not.toContain('cdcd')
})
