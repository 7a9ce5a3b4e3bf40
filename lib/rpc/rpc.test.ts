import { describe, expect, test } from 'vitest'
import { PlaykeyError } from '@/lib/errors/base-error'
import { dialectKeySchema, toDialectKey } from './dialect-key'
import { jsonRpcFailure, jsonRpcRequestSchema, parseParams } from './json-rpc'
import { isMethodName, methodParams } from './methods'
import { relayEventSchema } from './relay-event'

const account = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const hash = `0x${'ab'.repeat(32)}`
const context = {
  account: { address: account },
  sessionId: hash,
  lane: 0,
  sequence: 0,
  expiry: 1_800_000_000,
  callGas: 100_000,
  calls: [{ to: account, data: '0x12345678' }],
}
const send = [{ chainId: '0x7a69', context, signature: `0x${'11'.repeat(64)}` }]

function fieldOf(method: keyof typeof methodParams, params: unknown): unknown {
  try {
    parseParams(methodParams[method], params)
    return null
  } catch (error) {
    if (!(error instanceof PlaykeyError)) throw error
    return error.details?.field
  }
}

describe('wallet_sendPreparedCalls', () => {
  test('behavior: a plain request passes', () => {
    expect(fieldOf('wallet_sendPreparedCalls', send)).toBeNull()
  })

  test.each([
    ['', []],
    ['', [...send, {}]],
    ['0.chainId', [{ ...send[0], chainId: 31337 }]],
    ['0.signature', [{ ...send[0], signature: `0x${'11'.repeat(65)}` }]],
    ['0.context.lane', [{ ...send[0], context: { ...context, lane: 0.5 } }]],
    [
      '0.context.account.address',
      [{ ...send[0], context: { ...context, account: { address: '0x' } } }],
    ],
    [
      '0.context.calls.0.to',
      [
        {
          ...send[0],
          context: {
            ...context,
            calls: [{ to: account.replace('d8dA', 'D8da') }],
          },
        },
      ],
    ],
  ])('error: names %s', (field, params) => {
    expect(fieldOf('wallet_sendPreparedCalls', params)).toBe(field)
  })

  test('error: polluting keys', () => {
    const text = JSON.stringify(send).replace(
      '"lane":0',
      '"lane":0,"__proto__":{"isAdmin":true}',
    )
    expect(fieldOf('wallet_sendPreparedCalls', JSON.parse(text))).toBe(
      '0.context',
    )
  })
})

describe('other methods', () => {
  test('param: wallet_getCapabilities takes none, one or two', () => {
    for (const params of [[], [account], [account, ['0x1']]]) {
      expect(fieldOf('wallet_getCapabilities', params), `${params}`).toBeNull()
    }
  })

  test('param: prepareCalls keeps capabilities of others out of the way', () => {
    const params = [
      {
        calls: [{ to: account }],
        key: { type: 'p256', publicKey: `0x04${'22'.repeat(64)}` },
        capabilities: { feeToken: 'ETH', permissions: { id: hash } },
      },
    ]
    const [parsed] = parseParams(methodParams.wallet_prepareCalls, params)
    expect(parsed.key?.publicKey).toBe(`0x${'22'.repeat(64)}`)
    expect(parsed.capabilities).toEqual({ permissions: { id: hash } })
  })

  test('param: revocations by key have exactly 64 bytes', () => {
    const revoke = (signature: string) =>
      fieldOf('playkey_revoke', [{ sessionId: hash, by: 'key', signature }])
    expect(revoke(`0x${'11'.repeat(64)}`)).toBeNull()
    expect(revoke(`0x${'11'.repeat(65)}`)).toBe('0.signature')
  })

  test('behavior: names from the prototype are no methods', () => {
    expect(isMethodName('playkey_grant')).toBe(true)
    expect(isMethodName('constructor')).toBe(false)
    expect(isMethodName('__proto__')).toBe(false)
  })
})

describe('dialectKeySchema', () => {
  test.each([
    ['p256', 64, 'p256'],
    ['secp256k1', 20, 'secp256k1'],
    ['address', 20, 'secp256k1'],
  ] as const)('param: %s of %i bytes', (type, bytes, scheme) => {
    const key = dialectKeySchema.parse({
      type,
      publicKey: `0x${'33'.repeat(bytes)}`,
    })
    expect(key.scheme).toBe(scheme)
    expect(dialectKeySchema.parse(toDialectKey(key))).toEqual(key)
  })

  test('error: wrong lengths', () => {
    for (const [type, bytes] of [
      ['p256', 20],
      ['p256', 65],
      ['address', 64],
      ['secp256k1', 32],
    ] as const) {
      const publicKey = `0x${'33'.repeat(bytes)}`
      expect(dialectKeySchema.safeParse({ type, publicKey }).success).toBe(
        false,
      )
    }
  })
})

describe('json-rpc', () => {
  test('error: carries the typed error', () => {
    const { error } = jsonRpcFailure(1, new PlaykeyError('session_expired'))
    expect(error).toMatchObject({
      code: -32021,
      data: { code: 'session_expired', remedy: expect.any(String) },
    })
  })

  test('error: not JSON-RPC 2.0', () => {
    const request = { jsonrpc: '2.0', id: 1, method: 'x', params: [] }
    expect(jsonRpcRequestSchema.safeParse(request).success).toBe(true)
    for (const change of [{ jsonrpc: '1.0' }, { id: {} }, { params: {} }]) {
      expect(
        jsonRpcRequestSchema.safeParse({ ...request, ...change }).success,
      ).toBe(false)
    }
  })

  test('behavior: events of newer servers still parse', () => {
    const event = { type: 'policy', policyId: hash, pausedUntil: 0, extra: 1 }
    expect(relayEventSchema.parse(event)).toEqual({
      type: 'policy',
      policyId: hash,
      pausedUntil: 0,
    })
  })
})
