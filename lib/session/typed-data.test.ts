import { SignTypedDataVersion, TypedDataUtils } from '@metamask/eth-sig-util'
import fc from 'fast-check'
import { type Address, getAddress, type Hex, hashTypedData, toHex } from 'viem'
import { describe, expect, test } from 'vitest'
import { hashTerms, termsTypes } from '../permission/hash-terms'
import type { Permission } from '../permission/permission'
import type { SpendLimit, Terms } from '../permission/terms'
import { hashRevocation, revocationTypedData } from './revocation-typed-data'
import type { Session } from './session'
import {
  hashSession,
  sessionTypedData,
  structHashOfSession,
} from './session-typed-data'
import {
  hashSessionHashes,
  hashSessions,
  sessionsTypedData,
  sessionsTypes,
} from './sessions-typed-data'

const bytes = (min: number, max: number) =>
  fc
    .uint8Array({ minLength: min, maxLength: max })
    .map((data): Hex => toHex(data))
const addresses: fc.Arbitrary<Address> = bytes(20, 20).map(getAddress)
const uint = (bits: number) => fc.nat(2 ** Math.min(bits, 30))
const amounts = fc.bigInt(0n, 2n ** 112n - 1n)
const texts = fc.string({ unit: 'binary', maxLength: 40 })

const permissions: fc.Arbitrary<Permission> = fc.record({
  to: addresses,
  signature: texts,
  maxCalls: uint(32),
  maxValuePerCall: amounts,
  maxValue: amounts,
  period: uint(32),
  maxCallsPerPeriod: uint(32),
  maxValuePerPeriod: amounts,
  rules: fc.array(texts, { maxLength: 3 }),
})
const spendLimits: fc.Arbitrary<SpendLimit> = fc.record({
  token: addresses,
  maxAmount: amounts,
  period: uint(32),
  maxAmountPerPeriod: amounts,
})
const terms: fc.Arbitrary<Terms> = fc.record({
  permissions: fc.array(permissions, { maxLength: 3 }),
  spendLimits: fc.array(spendLimits, { maxLength: 2 }),
})
const keys: fc.Arbitrary<Session['key']> = fc.oneof(
  fc.record({
    scheme: fc.constant('p256' as const),
    publicKey: bytes(64, 64),
  }),
  fc.record({
    scheme: fc.constant('secp256k1' as const),
    publicKey: bytes(20, 20),
  }),
)
const sessions: fc.Arbitrary<Session> = fc.record({
  account: addresses,
  policyId: bytes(32, 32),
  key: keys,
  validAfter: uint(40),
  validUntil: uint(40),
  epoch: uint(32),
  grantDeadline: uint(40),
  terms,
})
const domains = fc.record({
  chainId: fc.integer({ min: 1, max: 2 ** 31 }),
  sessionManager: addresses,
})
const domainFields = [
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
]

type Types = Parameters<typeof TypedDataUtils.encodeType>[1]
type TypedMessage = Parameters<typeof TypedDataUtils.eip712Hash>[0]

/** Digest of typed data by MetaMask's implementation, which shares no code with ours. */
function foreignHash(data: { types: object }): Hex {
  const types = { ...data.types, EIP712Domain: domainFields }
  const whole = { ...data, types } as unknown as TypedMessage
  return toHex(TypedDataUtils.eip712Hash(whole, SignTypedDataVersion.V4))
}

describe('typed data, by three implementations', () => {
  test('behavior: sessions', () => {
    fc.assert(
      fc.property(sessions, domains, (session, domain) => {
        const data = sessionTypedData({ session, ...domain })
        const ours = hashSession({ session, ...domain })
        expect(ours).toBe(hashTypedData(data))
        expect(ours).toBe(foreignHash(data))
      }),
      { numRuns: 200 },
    )
  })

  test('behavior: several sessions in one signature', () => {
    const batches = fc.record({
      sessions: fc.array(sessions, { minLength: 1, maxLength: 3 }),
      ended: fc.array(bytes(32, 32), { maxLength: 3 }),
    })
    fc.assert(
      fc.property(batches, domains, (batch, domain) => {
        const data = sessionsTypedData({ ...batch, ...domain })
        const ours = hashSessions({ ...batch, ...domain })
        expect(ours).toBe(hashTypedData(data))
        expect(ours).toBe(foreignHash(data))
        const sessionHashes = batch.sessions.map(structHashOfSession)
        expect(
          hashSessionHashes({ sessionHashes, ended: batch.ended, ...domain }),
        ).toBe(ours)
      }),
      { numRuns: 200 },
    )
  })

  test('behavior: terms alone', () => {
    fc.assert(
      fc.property(terms, (sample) => {
        const foreign = TypedDataUtils.hashStruct(
          'Terms',
          sample as unknown as Record<string, unknown>,
          termsTypes as unknown as Types,
          SignTypedDataVersion.V4,
        )
        expect(hashTerms(sample)).toBe(toHex(foreign))
      }),
      { numRuns: 100 },
    )
  })

  test('behavior: revocations', () => {
    fc.assert(
      fc.property(addresses, bytes(32, 32), domains, (account, id, domain) => {
        const input = { account, sessionId: id, ...domain }
        expect(hashRevocation(input)).toBe(
          foreignHash(revocationTypedData(input)),
        )
      }),
      { numRuns: 50 },
    )
  })

  test('behavior: types are the contract’s', () => {
    const types = sessionsTypes as unknown as Types
    expect(TypedDataUtils.encodeType('Sessions', types)).toMatchInlineSnapshot(
      `"Sessions(Session[] sessions,bytes32[] ended)Key(uint8 scheme,bytes publicKey)Permission(address to,string signature,uint32 maxCalls,uint112 maxValuePerCall,uint112 maxValue,uint32 period,uint32 maxCallsPerPeriod,uint112 maxValuePerPeriod,string[] rules)Session(address account,bytes32 policyId,Key key,uint40 validAfter,uint40 validUntil,uint32 epoch,uint40 grantDeadline,Terms terms)SpendLimit(address token,uint112 maxAmount,uint32 period,uint112 maxAmountPerPeriod)Terms(Permission[] permissions,SpendLimit[] spendLimits)"`,
    )
  })
})
