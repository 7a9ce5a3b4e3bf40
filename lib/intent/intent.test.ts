import { SignTypedDataVersion, TypedDataUtils } from '@metamask/eth-sig-util'
import fc from 'fast-check'
import { P256 } from 'ox'
import {
  concatHex,
  getAddress,
  type Hex,
  hashTypedData,
  hexToBytes,
  numberToHex,
  sha256,
  size,
  toHex,
  zeroHash,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, test } from 'vitest'
import { encodeTable } from '../permission/encode-table'
import { encodeTerms } from '../permission/encode-terms'
import { makePermission } from '../permission/permission'
import { selectorOf } from '../permission/selector'
import { makeTerms } from '../permission/terms'
import type { Session } from '../session/session'
import { decodeOutcome, decodeRejection } from './decode-outcome'
import { type BundleItem, encodeSections } from './encode-bundle'
import { encodeGrant } from './encode-grant'
import { encodeIntent } from './encode-intent'
import type { Intent } from './intent'
import { fromIntentJson, intentJsonSchema, toIntentJson } from './intent-schema'
import { fromEip5792Status, toEip5792Status } from './intent-status'
import { hashIntent, intentTypedData } from './intent-typed-data'
import {
  compactSecp256k1Signature,
  isLowS,
  normalizeP256Signature,
  P256_ORDER,
} from './normalize-signature'

const to = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const domain = { chainId: 31337, sessionManager: to } as const
const move = makePermission({ to, signature: 'move(uint8)', maxCalls: 3 })
const mint = makePermission({
  ...{ to, signature: 'mint(uint256)', maxCalls: 3 },
  ...{ maxValuePerCall: 5n, maxValue: 8n },
})
const intent: Intent = {
  account: to,
  sessionId: zeroHash,
  lane: 0,
  sequence: 4,
  calls: [
    {
      to,
      value: 0n,
      data: `${selectorOf(move.signature)}${'00'.repeat(31)}01` as Hex,
    },
  ],
  expiry: 1_800_000_000,
  callGas: 100_000,
}

type TypedMessage = Parameters<typeof TypedDataUtils.eip712Hash>[0]
const domainFields = [
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
]

const bytes = (max: number) =>
  fc
    .uint8Array({ maxLength: max })
    .map((data): Hex => `0x${Buffer.from(data).toString('hex')}`)
const fixed = (size: number) =>
  fc
    .uint8Array({ minLength: size, maxLength: size })
    .map((data): Hex => `0x${Buffer.from(data).toString('hex')}`)
const whole = (max: number) => fc.bigInt(0n, BigInt(max)).map(Number)
const intents = fc.record({
  account: fixed(20).map(getAddress),
  sessionId: fixed(32),
  lane: whole(2 ** 32 - 1),
  sequence: whole(2 ** 32 - 1),
  calls: fc.array(
    fc.record({
      to: fc.constant(to),
      value: fc.bigInt(0n, 2n ** 200n),
      data: bytes(80),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  expiry: whole(99_999_999_999),
  callGas: fc.nat(8_000_000),
})

describe('hashIntent', () => {
  test('behavior: equals the digest of the typed data', () => {
    fc.assert(
      fc.property(intents, (sample) => {
        const input = { intent: sample, ...domain }
        expect(hashIntent(input)).toBe(hashTypedData(intentTypedData(input)))
      }),
      { numRuns: 50 },
    )
  })

  test('behavior: equals the digest of another implementation', () => {
    fc.assert(
      fc.property(intents, (sample) => {
        const input = { intent: sample, ...domain }
        const data = intentTypedData(input)
        const types = { ...data.types, EIP712Domain: domainFields }
        const whole = { ...data, types } as unknown as TypedMessage
        const digest = TypedDataUtils.eip712Hash(whole, SignTypedDataVersion.V4)
        expect(hashIntent(input)).toBe(toHex(digest))
      }),
      { numRuns: 200 },
    )
  })
})

describe('intentJsonSchema', () => {
  test('behavior: round trip', () => {
    fc.assert(
      fc.property(intents, (sample) => {
        const wire = JSON.parse(JSON.stringify(toIntentJson(sample)))
        expect(fromIntentJson(intentJsonSchema.parse(wire))).toEqual(sample)
      }),
      { numRuns: 50 },
    )
  })

  test.each([
    [['lane'], { lane: -1 }],
    [['lane'], { lane: 2 ** 32 }],
    [['sequence'], { sequence: 1.5 }],
    [['expiry'], { expiry: 1_800_000_000_000 }],
    [['callGas'], { callGas: 8_000_001 }],
    [['calls'], { calls: [] }],
    [['calls'], { calls: Array(33).fill({ to }) }],
    [['calls', 0, 'value'], { calls: [{ to, value: '0x01' }] }],
    [['calls', 0, 'value'], { calls: [{ to, value: '5' }] }],
    [['calls', 0, 'data'], { calls: [{ to, data: '0x123' }] }],
    [['calls', 0, 'to'], { calls: [{ to: `${to}00` }] }],
  ])('error: names %j', (path, change) => {
    const json = { ...toIntentJson(intent), ...change }
    const result = intentJsonSchema.safeParse(json)
    expect(result.error?.issues[0]?.path).toEqual(path)
  })
})

describe('encodeIntent', () => {
  const signature = `0x${'11'.repeat(64)}` as const
  const permissions = [move, mint]

  test('behavior: packs the contract layout', () => {
    const encoded = encodeIntent({ intent, signature }, permissions)
    const expected = [
      '00000000',
      '00000004',
      '00',
      numberToHex(intent.expiry, { size: 5 }).slice(2),
      numberToHex(intent.callGas, { size: 4 }).slice(2),
      '11'.repeat(64),
      // 31 zeros left out, entry 0, one byte left.
      'f8',
      '0001',
      '01',
    ].join('')
    expect(encoded).toBe(`0x${expected}`)
  })

  test('behavior: leaves out leading zeros of the arguments, 31 at most', () => {
    const callOf = (args: string) => {
      const data = `${selectorOf(move.signature)}${args}` as Hex
      const calls = [{ to: to as `0x${string}`, value: 0n, data }]
      const signed = { intent: { ...intent, calls }, signature }
      return encodeIntent(signed, permissions).slice(2 + 2 * 82)
    }
    const zeros = (count: number) => '00'.repeat(count)
    expect(callOf('')).toBe('000000')
    expect(callOf('00')).toBe('080000')
    expect(callOf('0a00')).toBe('0000020a00')
    expect(callOf(`${zeros(3)}0102`)).toBe('1800020102')
    expect(callOf(zeros(32))).toBe('f8000100')
    expect(callOf(`${zeros(40)}ff`)).toBe(`f8000a${zeros(9)}ff`)
  })

  test('behavior: value only where the entry may carry it', () => {
    const call = { to, value: 5n, data: selectorOf(mint.signature) } as const
    const encoded = encodeIntent(
      { intent: { ...intent, calls: [call] }, signature },
      permissions,
    )
    expect(encoded.endsWith(`010000${'00'.repeat(15)}05`)).toBe(true)
  })

  test('error: calls that the table cannot express', () => {
    const write = (change: object) => () =>
      encodeIntent(
        {
          intent: {
            ...intent,
            calls: [
              { to, value: 0n, data: selectorOf(move.signature), ...change },
            ],
          },
          signature,
        },
        permissions,
      )
    expect(write({ data: '0x12345678' })).toThrow('does not allow this action')
    expect(write({ value: 1n })).toThrow('may not spend')
  })
})

describe('bundles', () => {
  const key = { scheme: 'p256', publicKey: `0x${'22'.repeat(64)}` } as const
  const session: Session = {
    ...{ account: to, policyId: zeroHash, key, epoch: 9 },
    ...{ validAfter: 1, validUntil: 2, grantDeadline: 3 },
    terms: makeTerms([move]),
  }
  const grant = { session, owner: to, signature: '0xabcdef' } as const
  const head = '00000000010000000002'
  const bare = to.slice(2).toLowerCase()

  const itemsOf = (...items: BundleItem[]) => {
    const table = encodeTable(makeTerms([move]))
    const sections = encodeSections([{ policyId: zeroHash, table, items }])
    return sections.slice(2 + 2 * (32 + size(table) + 2))
  }
  const place = '0000000500'
  const terms = '0065000000000f4240'
  const rest = 'ee'.repeat(70)
  const whole = `0x00000000${place}${terms}${rest}` as const

  test('behavior: items say what they carry', () => {
    const identity = `${bare}KK00000009${'22'.repeat(64)}`
    const expected = (kind: string, content: string) =>
      `${identity.replace('KK', kind)}${content}`
    const intent = `${place}${terms}${rest}`
    expect(itemsOf({ ...session, intent: whole })).toBe(expected('02', intent))
    expect(itemsOf({ ...session, grant: '0xbb' })).toBe(expected('c2', 'bb'))
    expect(itemsOf({ ...session, grant: '0xbb', intent: whole })).toBe(
      expected('82', `bb${intent}`),
    )
    const secp256k1 = { scheme: 'secp256k1', publicKey: to } as const
    expect(itemsOf({ ...session, key: secp256k1, intent: whole })).toBe(
      `${bare}0100000009${bare}${intent}`,
    )
    const laned = `0x00000007${whole.slice(10)}` as const
    expect(itemsOf({ ...session, intent: laned })).toBe(
      expected('22', `00000007${intent}`),
    )
  })

  test('behavior: expiry and gas are said once as long as they stay', () => {
    const other = whole.replace('0f4240', '0f4241') as Hex
    const items = [whole, whole, other, whole, whole]
    const encoded = itemsOf(...items.map((intent) => ({ ...session, intent })))
    const kinds = [...encoded.matchAll(new RegExp(`${bare}(..)00000009`, 'g'))]
    expect(kinds.map(([, kind]) => kind)).toEqual([
      '02',
      '06',
      '02',
      '02',
      '06',
    ])
    expect(encoded).toContain(`${'22'.repeat(64)}${place}${rest}`)
  })

  test('behavior: a grant of the policy’s terms is short', () => {
    const needs = { createsAccount: false, policyTable: null }
    expect(encodeGrant(grant, needs)).toBe(`0x${head}0000000003000003abcdef`)
  })

  test('behavior: parts come in order, each with its length', () => {
    const ended = {
      ...{ policyId: zeroHash, tableHash: zeroHash, epoch: 1, key },
    }
    const batch = { position: 1, otherHashes: [zeroHash], ended: [ended] }
    const encoded = encodeGrant(
      { ...grant, batch },
      { createsAccount: true, policyTable: '0xcc' },
    )
    const terms = encodeTerms(session.terms)
    const zero = '00'.repeat(32)
    expect(encoded).toBe(
      [
        `0x${head}0000000003`,
        ...['07', '0003', 'abcdef', '0014', bare],
        numberToHex(size(terms), { size: 3 }).slice(2) + terms.slice(2),
        ...['0001', 'cc', '01', '02', zero],
        ...['01', zero, zero, '00000001', '02', '22'.repeat(64)],
      ].join(''),
    )
  })

  test('behavior: sections carry table and counts', () => {
    const table = encodeTable(makeTerms([move, mint]))
    const sections = encodeSections([
      {
        ...{ policyId: zeroHash, table },
        items: [
          { ...session, grant: '0xaa' },
          { ...session, grant: '0xbb' },
        ],
      },
    ])
    expect(sections.startsWith(`${zeroHash}${table.slice(2)}0002${bare}`)).toBe(
      true,
    )
    expect(size(sections)).toBe(32 + size(table) + 2 + 2 * 90)
  })
})

describe('decodeOutcome', () => {
  test('behavior: reads every field', () => {
    const counters = [1, 2, 3, 4, 5, 6, 7, 524_287]
    const packed = counters.reduce(
      (word, count, index) => word | (BigInt(count) << BigInt(19 * index)),
      (3n << 224n) | (7n << 192n) | (0xdeadbeefn << 152n),
    )
    expect(decodeOutcome(packed)).toEqual({
      lane: 3,
      sequence: 7,
      isSuccess: false,
      revertSelector: '0xdeadbeef',
      counters,
    })
    expect(decodeOutcome((1n << 184n) | (1n << 192n))).toMatchObject({
      sequence: 1,
      isSuccess: true,
      revertSelector: null,
    })
  })

  test('behavior: reads a rejection', () => {
    const detail = (3n << 224n) | (7n << 192n) | (0x00beef01n << 160n)
    expect(decodeRejection(detail)).toEqual({
      lane: 3,
      sequence: 7,
      reasonSelector: '0x00beef01',
    })
  })
})

test('behavior: statuses map to EIP-5792 and back', () => {
  expect(toEip5792Status('queued')).toBe(100)
  for (const status of ['confirmed', 'reverted', 'rejected'] as const) {
    expect(fromEip5792Status(toEip5792Status(status))).toBe(status)
  }
  expect(fromEip5792Status(600)).toBeNull()
})

describe('signatures', () => {
  test('behavior: both halves normalise to one valid low-s signature', () => {
    const privateKey = P256.randomPrivateKey()
    const publicKey = P256.getPublicKey({ privateKey })
    const payload = sha256('0x1234')
    const { r, s } = P256.sign({ payload, privateKey })
    const forms = [BigInt(s), P256_ORDER - BigInt(s)].map((half) =>
      normalizeP256Signature(
        hexToBytes(concatHex([r, numberToHex(half, { size: 32 })])),
      ),
    )
    expect(forms[0]).toBe(forms[1])
    const [form] = forms
    if (!form) throw new Error('no form')
    expect(isLowS(form)).toBe(true)
    const signature = { r, s: `0x${form.slice(66)}` } as const
    expect(P256.verify({ payload, publicKey, signature })).toBe(true)
  })

  test('error: wrong length', () => {
    expect(() => normalizeP256Signature(new Uint8Array(65))).toThrow('65')
  })

  test('behavior: EIP-2098 keeps r, s and parity', async () => {
    const signer = privateKeyToAccount(`0x${'01'.repeat(32)}`)
    for (const message of ['a', 'b', 'c', 'd']) {
      const signature = await signer.signMessage({ message })
      const compact = compactSecp256k1Signature(signature)
      expect(size(compact)).toBe(64)
      expect(compact.slice(0, 66)).toBe(signature.slice(0, 66))
      const yParity = Number.parseInt(signature.slice(130), 16) - 27
      expect(BigInt(`0x${compact.slice(66)}`) >> 255n).toBe(BigInt(yParity))
    }
  })
})
