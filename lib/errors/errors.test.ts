import { describe, expect, test } from 'vitest'
import { deserializeError, serializeError, unwrapResult } from './action-result'
import { PlaykeyError, toPlaykeyError } from './base-error'
import { errorTable } from './error-table'

describe('errorTable', () => {
  test('behavior: every row is a short sentence with a remedy', () => {
    for (const [code, row] of Object.entries(errorTable)) {
      expect(row.message, code).toMatch(/^[A-Z].{8,90}\.$/)
      expect(row.remedy, code).toMatch(/^[A-Z].{5,90}\.$/)
      expect(row.http, code).toBeGreaterThanOrEqual(400)
      expect(row.jsonRpc, code).not.toBe(0)
    }
  })
})

describe('PlaykeyError', () => {
  test('behavior: walk finds a cause and the innermost error', () => {
    const root = new TypeError('root')
    const error = new PlaykeyError('internal', {
      cause: new PlaykeyError('rate_limited', { cause: root }),
    })
    expect(error.walk()).toBe(root)
    expect(
      error.walk((e) => e instanceof PlaykeyError && e.code === 'rate_limited'),
    ).toBe(error.cause)
    expect(error.walk(() => false)).toBeNull()
  })

  test('behavior: unknown errors lose their text', () => {
    const error = serializeError(new Error('postgres://user:secret@host'))
    expect(error.code).toBe('internal')
    expect(JSON.stringify(error)).not.toContain('secret')
  })

  test('behavior: survives the wire', () => {
    const sent = new PlaykeyError('call_limit_exceeded', {
      details: { maxCalls: 3 },
    })
    const back = deserializeError(
      JSON.parse(JSON.stringify(serializeError(sent))),
    )
    expect(back).toMatchObject({
      code: sent.code,
      message: sent.message,
      remedy: sent.remedy,
      details: { maxCalls: 3 },
    })
    expect(toPlaykeyError(back)).toBe(back)
  })

  test('error: a code of a newer server keeps its words', () => {
    const error = deserializeError({
      code: 'from_the_future' as 'internal',
      message: 'New.',
      remedy: 'Do.',
    })
    expect(error).toMatchObject({ code: 'internal', message: 'New.' })
  })

  test('error: unwrapResult throws the error of the action', () => {
    const error = serializeError(new PlaykeyError('conflict'))
    expect(() => unwrapResult({ ok: false, error })).toThrow(PlaykeyError)
    expect(unwrapResult({ ok: true, data: 7 })).toBe(7)
  })
})
