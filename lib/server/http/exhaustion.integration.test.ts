import { toHex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PlaykeyError } from '@/lib/errors/base-error'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { notifyEvents } from '../relay/notify-events'
import { proxyToChain } from './chain-proxy'
import { openEventStream } from './open-event-stream'
import { limitByAddress } from './rate-limits'
import { readHealth } from './read-health'
import { dispatch } from './rpc/dispatch'

let stack: RelayStack

beforeAll(async () => {
  stack = await startRelayStack()
})
afterAll(() => stack?.stop())

function open(id: `0x${string}`) {
  const { signal } = new AbortController()
  return openEventStream({ id, policyId: null }, null, signal).getReader()
}

type Reader = ReturnType<typeof open>

/** Reads to the end. @returns what ended the stream, or `open` when there is no more to read for now */
async function endOf(reader: Reader): Promise<string> {
  for (;;) {
    const next = await Promise.race([
      reader.read().catch((error: Error) => error.message),
      new Promise<'open'>((resolve) => setTimeout(resolve, 300, 'open')),
    ])
    if (typeof next === 'string') return next
    if (next.done) return 'done'
  }
}

function news(sessionId: `0x${string}`, count: number) {
  return notifyEvents(
    stack.database.pool,
    // PostgreSQL sends equal notifications once, so each has a text of its own.
    Array.from({ length: count }, (_, index) => ({
      ...({ type: 'session', sessionId, status: 'active' } as const),
      reason: String(index),
    })),
  )
}

describe('streams', () => {
  test('security: a reader that does not read is let go before its news fill the memory', async () => {
    const id = toHex(1, { size: 32 })
    const [stalled, reading] = [open(id), open(id)]
    // Until the hub listens.
    await expect
      .poll(async () => {
        await news(id, 1)
        const late = new Promise<null>((done) => setTimeout(done, 100, null))
        const next = await Promise.race([reading.read(), late])
        return next?.value?.length ?? 0
      })
      .toBeGreaterThan(20)
    const drained = endOf(reading)
    for (let burst = 0; burst < 20; burst += 1) await news(id, 100)
    expect(await drained).toBe('open')
    expect(await endOf(stalled)).toBe('stream ended')
    await reading.cancel()
  })

  test('security: one session holds a bounded number of streams, and the newest always gets in', async () => {
    const id = toHex(2, { size: 32 })
    const readers = Array.from({ length: 40 }, () => open(id))
    const ends = await Promise.all(readers.map(endOf))
    expect(ends.filter((end) => end === 'open')).toHaveLength(32)
    expect(ends.at(-1)).toBe('open')
    for (const reader of readers) await reader.cancel().catch(() => undefined)
  })
})

describe('arrays', () => {
  test('security: each request of an array counts, and one too many passes nothing on', async () => {
    const headers = new Headers({ 'x-forwarded-for': '203.0.113.7' })
    const charge = (requests: number) =>
      limitByAddress({ headers }, 'chain', requests)
    const ask = { jsonrpc: '2.0', id: 1, method: 'eth_chainId' }
    const body = JSON.stringify(new Array(20).fill(ask))
    const send = () =>
      proxyToChain(body, charge).then(
        () => 'passed',
        (error: PlaykeyError) => error.code,
      )
    const answers = await Promise.all(Array.from({ length: 80 }, send))
    expect(
      answers.filter((answer) => answer === 'rate_limited').length,
    ).toBeGreaterThan(20)
  })

  test('security: the relay counts them as well, before it does any', async () => {
    const ask = { jsonrpc: '2.0', id: 1, method: 'wallet_getCapabilities' }
    const refuse = (more: number) => {
      throw new PlaykeyError('rate_limited', { details: { more } })
    }
    const body = JSON.stringify(new Array(50).fill(ask))
    await expect(dispatch(body, refuse)).rejects.toMatchObject({
      ...{ code: 'rate_limited', details: { more: 49 } },
    })
  })
})

test('security: however many ask for the health at once, database and chain are asked once', async () => {
  const asked = Array.from({ length: 100 }, readHealth)
  expect(new Set(asked).size).toBe(1)
  expect((await asked[0])?.status).toBe('degraded')
  expect(readHealth()).not.toBe(asked[0])
})
