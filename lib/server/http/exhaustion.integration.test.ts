import { PassThrough } from 'node:stream'
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

type Stream = PassThrough

/** A stream of events with nothing between it and its reader. */
function open(id: `0x${string}`): Stream {
  const out = new PassThrough()
  openEventStream({ id, policyId: null }, null, out)
  return out
}

/** Reads what comes. @returns what it was, so far */
function read(stream: Stream): () => string {
  let text = ''
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  return () => text
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
    const heard = read(reading)
    // Until the hub listens.
    await expect
      .poll(async () => {
        await news(id, 1)
        return heard().includes('data: ')
      })
      .toBe(true)
    for (let burst = 0; burst < 20; burst += 1) await news(id, 100)
    await expect.poll(() => stalled.destroyed).toBe(true)
    await expect
      .poll(() => heard().split('data: ').length)
      .toBeGreaterThan(2_000)
    expect(reading.destroyed).toBe(false)
    reading.destroy()
  })

  test('security: one session holds a bounded number of streams, and the newest always gets in', async () => {
    const id = toHex(2, { size: 32 })
    const streams = Array.from({ length: 40 }, () => open(id))
    const isOpen = streams.map(({ destroyed }) => !destroyed)
    expect(isOpen.filter(Boolean)).toHaveLength(32)
    expect(isOpen.slice(8)).not.toContain(false)
    for (const stream of streams) stream.destroy()
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
