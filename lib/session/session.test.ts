import { encodePacked, hashTypedData, keccak256, zeroHash } from 'viem'
import { describe, expect, test } from 'vitest'
import { makePermission } from '../permission/permission'
import { makeTerms } from '../permission/terms'
import { deriveState } from './derive-state'
import { describeSession } from './describe-session'
import { hashRevocation } from './revocation-typed-data'
import type { Session } from './session'
import { computeSessionId } from './session-id'
import { fromSessionJson, toSessionJson } from './session-json'
import { grantJsonSchema, sessionJsonSchema } from './session-schema'
import { hashSession, sessionTypedData } from './session-typed-data'

const account = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const sessionManager = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const session: Session = {
  account,
  policyId: zeroHash,
  key: { scheme: 'p256', publicKey: `0x${'ab'.repeat(64)}` },
  validAfter: 1_800_000_000,
  validUntil: 1_800_003_600,
  epoch: 0,
  grantDeadline: 1_800_000_600,
  terms: makeTerms([
    makePermission({
      ...{ to: sessionManager, signature: 'move(uint8)', maxCalls: 500 },
    }),
  ]),
}

describe('computeSessionId', () => {
  test('behavior: packs the identity', () => {
    expect(
      computeSessionId({ ...session, tableHash: zeroHash, epoch: 7 }),
    ).toBe(
      keccak256(
        encodePacked(
          ['bytes32', 'bytes32', 'address', 'uint8', 'uint32', 'bytes'],
          [zeroHash, zeroHash, account, 2, 7, session.key.publicKey],
        ),
      ),
    )
  })
})

describe('typed data', () => {
  const domain = { chainId: 31337, sessionManager } as const

  test('behavior: shows functions by name and covers the domain', () => {
    const data = sessionTypedData({ session, ...domain })
    expect(data.message.terms.permissions[0]?.signature).toBe('move(uint8)')
    expect(hashTypedData(data)).toBe(hashSession({ session, ...domain }))
    expect(hashSession({ session, ...domain, chainId: 1 })).not.toBe(
      hashSession({ session, ...domain }),
    )
  })

  test('behavior: a revocation names account and session', () => {
    const base = { account, sessionId: zeroHash, ...domain } as const
    expect(hashRevocation(base)).not.toBe(
      hashRevocation({ ...base, account: sessionManager }),
    )
  })
})

describe('sessionJsonSchema', () => {
  const json = toSessionJson(session)

  test('behavior: round trip', () => {
    const wire = JSON.parse(JSON.stringify(json))
    expect(fromSessionJson(sessionJsonSchema.parse(wire))).toEqual(session)
  })

  test.each([
    ['validUntil', { validUntil: session.validAfter }],
    ['validUntil', { validUntil: session.validAfter + 2_592_001 }],
    ['validUntil', { validUntil: 1_800_003_600_000 }],
    ['epoch', { epoch: -1 }],
    ['policyId', { policyId: '0x12' }],
    ['key', { key: { scheme: 'p256', publicKey: `0x${'ab'.repeat(65)}` } }],
    ['key', { key: { scheme: 'webauthn', publicKey: '0x' } }],
    ['terms', { terms: { permissions: [], spendLimits: [] } }],
    [
      'terms',
      {
        terms: {
          permissions: Array(9).fill(json.terms.permissions[0]),
          spendLimits: [],
        },
      },
    ],
    ['terms', { terms: { permissions: json.terms.permissions } }],
  ])('error: names %s', (field, change) => {
    const result = sessionJsonSchema.safeParse({ ...json, ...change })
    expect(result.error?.issues[0]?.path[0]).toBe(field)
  })
})

describe('grantJsonSchema', () => {
  const grant = {
    session: toSessionJson(session),
    owner: account.toLowerCase(),
    signature: '0x12',
  }
  const ended = {
    ...{ policyId: zeroHash, tableHash: zeroHash, epoch: 0, key: session.key },
  }

  test('behavior: alone, and as one of several', () => {
    expect(grantJsonSchema.parse(grant)).toEqual(grant)
    const batch = { position: 1, otherHashes: [zeroHash], ended: [ended] }
    expect(grantJsonSchema.parse({ ...grant, batch }).batch).toEqual(batch)
  })

  test.each([
    ['position', { position: 1, otherHashes: [], ended: [] }],
    ['otherHashes', { position: 0, otherHashes: ['0x12'], ended: [] }],
    ['ended', { position: 0, otherHashes: [], ended: [{ ...ended, by: 1 }] }],
  ])('error: names %s', (field, batch) => {
    const result = grantJsonSchema.safeParse({ ...grant, batch })
    expect(result.error?.issues[0]?.path.slice(0, 2)).toEqual(['batch', field])
  })
})

describe('deriveState', () => {
  const facts = {
    status: 'active',
    validAfter: 1_000,
    validUntil: 2_000,
    pausedUntil: 0,
    revokeRequested: false,
  } as const

  test.each([
    [999, {}, 'pending'],
    [1_000, {}, 'active'],
    [1_880, {}, 'active'],
    [1_881, {}, 'expiring'],
    [1_999, {}, 'expiring'],
    [2_000, {}, 'expired'],
    [1_500, { pausedUntil: 1_501 }, 'paused'],
    [1_500, { pausedUntil: 1_500 }, 'active'],
    [1_500, { revokeRequested: true }, 'revoked'],
    [2_500, { status: 'revoked' as const }, 'revoked'],
    [1_500, { status: 'pending' as const }, 'pending'],
  ])('param: at %i with %o is %s', (now, change, state) => {
    expect(deriveState({ ...facts, ...change }, now)).toBe(state)
  })
})

describe('describeSession', () => {
  const format = { nowSeconds: session.validAfter, timeZone: 'UTC' }

  test('behavior: a label never hides the function', () => {
    const label = { name: 'Free gift', description: 'Costs nothing!' }
    const text = describeSession(session, [label], format)
    expect(text.sentences).toEqual([
      {
        title: 'Free gift',
        note: 'Costs nothing!',
        detail:
          'Calls move(uint8) on 0x7099…79C8, at most 500 times, without spending any ETH.',
        to: sessionManager,
        signature: 'move(uint8)',
      },
    ])
  })

  test('behavior: window and worst case', () => {
    const text = describeSession(session, [], format)
    expect(text.window).toBe('From 08:00 until 09:00 (1 hour)')
    expect(text.worstCase).toBe('at most 500 moves and 0 ETH until 09:00')
    expect(text.sentences[0]?.title).toBe('move')
    expect(
      describeSession({ ...session, validUntil: 1_800_090_060 }, [], format)
        .window,
    ).toBe('From 08:00 until 16 Jan, 09:01 (1 day 1 hour 1 minute)')
  })
})
