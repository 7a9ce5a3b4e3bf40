import { numberToHex, toHex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { POST as chain } from '@/app/api/chain/route'
import { GET as config } from '@/app/api/config/route'
import { GET as health } from '@/app/api/health/route'
import type { Intent } from '@/lib/intent/intent'
import { toIntentJson } from '@/lib/intent/intent-schema'
import { type RelayEvent, relayEventSchema } from '@/lib/rpc/relay-event'
import { type RelayStack, startRelayStack } from './relay-stack'
import { type RelayServer, serveRelay } from './serve-relay'
import { settled, TestPlayer } from './test-player'

let stack: RelayStack
let server: RelayServer
let worker: Awaited<ReturnType<RelayStack['startWorker']>>

beforeAll(async () => {
  stack = await startRelayStack()
  worker = await stack.startWorker()
  server = await serveRelay()
})
afterAll(async () => {
  await server?.close()
  await worker?.stop()
  await stack?.stop()
})

type Answer = {
  id: unknown
  result?: never
  error?: { code: number; message: string; data: { code: string } }
}

/** @param to The route; without one, the relay through HTTP. */
async function post(
  body: unknown,
  to?: (request: Request) => Promise<Response>,
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const request = new Request(`${server.url}/api/relay`, {
    method: 'POST',
    body: text,
  })
  const response = await (to ?? fetch)(request)
  return { response, answer: (await response.json()) as Answer & Answer[] }
}

function call(method: string, params: unknown[], id: number = 1) {
  return { jsonrpc: '2.0', id, method, params }
}

function sendRequest(player: TestPlayer, intent: Intent, id = 1) {
  const { account, ...rest } = toIntentJson(intent)
  const context = { account: { address: account }, ...rest }
  return call(
    'wallet_sendPreparedCalls',
    [
      {
        chainId: numberToHex(stack.context.chainId),
        context,
        signature: player.signIntent(intent),
      },
    ],
    id,
  )
}

async function activePlayer(): Promise<TestPlayer> {
  const player = new TestPlayer()
  await player.grant()
  await settled(await player.send(await player.step()))
  return player
}

describe('POST /api/relay', () => {
  const cases: [string, unknown, number, string][] = [
    ['no JSON', '{', 400, 'parse_error'],
    ['an empty array', [], 400, 'invalid_request'],
    ['an array of 51', new Array(51).fill({}), 413, 'payload_too_large'],
    ['5 MB', 'x'.repeat(5_000_000), 413, 'payload_too_large'],
    ['no request', { hello: 1 }, 200, 'invalid_request'],
    [
      'an unknown method',
      call('eth_sendTransaction', []),
      200,
      'method_not_found',
    ],
    [
      'a method of the prototype',
      call('constructor', []),
      200,
      'method_not_found',
    ],
    ['missing params', call('playkey_getSession', []), 200, 'invalid_params'],
    [
      'extra params',
      call('playkey_getSession', [
        { sessionId: toHex(1, { size: 32 }), more: 1 },
      ]),
      200,
      'invalid_params',
    ],
    [
      'odd hex',
      call('playkey_getSession', [{ sessionId: '0x123' }]),
      200,
      'invalid_params',
    ],
    [
      'an unknown session',
      call('playkey_getSession', [{ sessionId: toHex(1, { size: 32 }) }]),
      200,
      'session_unknown',
    ],
    [
      'unknown calls',
      call('wallet_getCallsStatus', [toHex(1, { size: 32 })]),
      200,
      'unknown_calls_id',
    ],
  ]
  test.each(cases)('error: %s', async (_, body, status, code) => {
    const { response, answer } = await post(body)
    expect(response.status).toBe(status)
    expect(answer.error?.data.code).toBe(code)
  })

  test('error: nested a hundred thousand levels deep', async () => {
    const { answer } = await post('['.repeat(100_000))
    expect(answer.error?.data.code).toBe('parse_error')
  })

  test('behavior: prepare, sign, send, ask: the RPC that games use', async () => {
    const player = await activePlayer()
    const intent = await player.step()
    const { answer } = await post(
      call('wallet_prepareCalls', [
        {
          calls: toIntentJson(intent).calls,
          chainId: numberToHex(stack.context.chainId),
          from: player.account,
          key: {
            type: 'p256',
            publicKey: `0x04${player.key.publicKey.slice(2)}`,
          },
        },
      ]),
    )
    const { context, digest, key, chainId } = answer.result as never as {
      [name: string]: never
    }
    const sent = await post(
      call('wallet_sendPreparedCalls', [
        { chainId, context, key, signature: player.sign(digest as never) },
      ]),
    )
    const [{ id }] = sent.answer.result as never as [{ id: `0x${string}` }]
    expect(id).toBe(digest)
    await settled(id)
    const status = await post(call('wallet_getCallsStatus', [id]))
    expect(status.answer.result).toMatchObject({
      ...{ id, status: 200, atomic: true },
      receipts: [{ status: '0x1' }],
      capabilities: { playkey: { status: 'confirmed', reason: null } },
    })
    const logs = (status.answer.result as never as { receipts: [{ logs: [] }] })
      .receipts[0].logs
    expect(logs).toHaveLength(2)
  })

  test('behavior: an array is done in order; behind a refusal nothing waits', async () => {
    const player = await activePlayer()
    const good = await player.step()
    const bad = await player.move(1, {
      sequence: 2,
      callGas: 9_000_000 - 2_000_000,
      calls: [],
    })
    const behind = await player.step({ sequence: 3 })
    const startedMs = Date.now()
    const { answer } = await post([
      sendRequest(player, good, 1),
      {
        ...sendRequest(
          player,
          { ...bad, sequence: 9_999, calls: good.calls },
          2,
        ),
      },
      sendRequest(player, behind, 3),
    ])
    expect(answer.map(({ error }) => error?.data.code ?? 'taken')).toEqual([
      'taken',
      'sequence_ahead',
      'sequence_ahead',
    ])
    expect(Date.now() - startedMs).toBeLessThan(300)
  })

  test('error: another chain', async () => {
    const player = await activePlayer()
    const request = sendRequest(player, await player.step())
    const [params] = request.params as [object]
    const { answer } = await post({
      ...request,
      params: [{ ...params, chainId: '0x1' }],
    })
    expect(answer.error?.data).toMatchObject({
      code: 'unsupported_chain',
      details: { supported: [numberToHex(stack.context.chainId)] },
    })
  })
})

describe('GET /api/events', () => {
  async function open(sessionId: string, lastId?: string) {
    const abort = new AbortController()
    const response = await fetch(
      `${server.url}/api/events?sessionId=${sessionId}`,
      {
        signal: abort.signal,
        headers: lastId ? { 'last-event-id': lastId } : {},
      },
    )
    const news: RelayEvent[] = []
    const ids: string[] = []
    const reader = response.body?.getReader()
    const pump = async () => {
      for (;;) {
        const chunk = await reader?.read()
        if (!chunk || chunk.done) return
        for (const line of new TextDecoder().decode(chunk.value).split('\n')) {
          if (line.startsWith('data: '))
            news.push(relayEventSchema.parse(JSON.parse(line.slice(6))))
          if (line.startsWith('id: ')) ids.push(line.slice(4))
        }
      }
    }
    void pump().catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 150))
    return { response, news, ids, close: () => abort.abort() }
  }

  test('behavior: results arrive as they happen, and what was missed after a reconnection', async () => {
    const player = await activePlayer()
    const stream = await open(player.sessionId)
    expect(stream.response.headers.get('content-type')).toBe(
      'text/event-stream',
    )
    const first = await player.send(await player.step())
    await settled(first)
    await expect
      .poll(() =>
        stream.news.find(
          (event) => event.type === 'intent' && event.id === first,
        ),
      )
      .toMatchObject({ sessionId: player.sessionId, status: 'confirmed' })
    const lastId = stream.ids.at(-1)
    stream.close()
    const missed = await player.send(await player.step())
    await settled(missed)
    const again = await open(player.sessionId, lastId)
    await expect
      .poll(() =>
        again.news.some(
          (event) => event.type === 'intent' && event.id === missed,
        ),
      )
      .toBe(true)
    again.close()
  })

  test('error: an unknown session', async () => {
    const { response } = await open(toHex(7, { size: 32 }))
    expect(response.status).toBe(404)
  })
})

describe('POST /api/chain', () => {
  test('behavior: reads the chain', async () => {
    const { answer } = await post(call('eth_chainId', []), chain)
    expect(answer.result).toBe(numberToHex(stack.context.chainId))
    const batch = await post(
      [call('eth_blockNumber', [], 1), call('eth_gasPrice', [], 2)],
      chain,
    )
    expect(batch.answer).toHaveLength(2)
  })

  test.each([
    ['sending', call('eth_sendRawTransaction', ['0x'])],
    ["the node's own methods", call('anvil_setBalance', [])],
    ['state overrides', call('eth_call', [{}, 'latest', {}])],
    [
      'all logs',
      call('eth_getLogs', [{ fromBlock: '0x0', toBlock: 'latest' }]),
    ],
    [
      'one bad request among good ones',
      [call('eth_chainId', []), call('evm_mine', [])],
    ],
  ])('error: %s', async (_, body) => {
    const { response, answer } = await post(body, chain)
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(answer.error?.data.code).toMatch(/method_not_found|invalid_params/)
  })
})

describe('GET', () => {
  const request = new Request('http://localhost:3000/api/health')

  test('behavior: health names what is wrong', async () => {
    const answer = async () => (await health(request)).json()
    // A worker that has just started takes its leases one after the other.
    await expect.poll(answer).toEqual({ status: 'ok', reasons: [] })
    await worker.stop()
    expect(await answer()).toEqual({
      status: 'degraded',
      reasons: [{ code: 'no_worker', message: 'No worker is at work.' }],
    })
    worker = await stack.startWorker()
  })

  test('behavior: config is public facts only', async () => {
    const body = (await (await config(request)).json()) as object
    expect(Object.keys(body).sort()).toEqual([
      'chainId',
      'delve',
      'explorerUrl',
      'factory',
      'isLocalChain',
      'serverTimeMs',
      'sessionManager',
    ])
  })
})
