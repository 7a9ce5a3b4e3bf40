import { expect, test } from 'vitest'
import { parseAnswer } from './load/http-connection'
import { cpuMsOf, residentMbOf } from './process-usage'
import { percentile, round } from './statistics'

test('behavior: percentiles', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index)
  expect(percentile(values, 0.5)).toBe(100)
  expect(percentile(values, 0.99)).toBe(198)
  expect(percentile([7], 0.01)).toBe(7)
  expect(percentile([], 0.5)).toBe(0)
  expect(round(1.23456)).toBe(1.23)
})

test('behavior: an answer is whole when its length has come, or its last chunk', () => {
  const head = 'HTTP/1.1 200 OK\r\nX: 1\r\n'
  const sized = `${head}Content-Length: 4\r\n\r\nbo`
  expect(parseAnswer(sized)).toBeNull()
  expect(parseAnswer(`${sized}dy`)).toEqual({ status: 200, body: 'body' })
  const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`
  expect(parseAnswer(chunked)).toBeNull()
  expect(parseAnswer(`${chunked}2\r\nde\r\n0\r\n\r\n`)).toEqual({
    ...{ status: 200, body: 'abcde' },
  })
})

test.runIf(process.platform === 'linux')(
  'behavior: a process is seen to work and to take room',
  () => {
    const before = cpuMsOf(process.pid)
    const until = performance.now() + 300
    while (performance.now() < until) percentile([1, 2, 3], 0.5)
    expect(cpuMsOf(process.pid)).toBeGreaterThan(before)
    expect(residentMbOf(process.pid)).toBeGreaterThan(20)
  },
)
