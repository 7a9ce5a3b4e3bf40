import fc from 'fast-check'
import {
  encodeFunctionData,
  hashStruct,
  hashTypedData,
  keccak256,
  parseAbi,
  toFunctionSelector,
} from 'viem'
import { describe, expect, test } from 'vitest'
import { describePermission } from './describe-permission'
import { decodeTable, encodeTable, tableHashOf } from './encode-table'
import { encodeCall, isFunctionSignature } from './function-signature'
import { hashPermissions } from './hash-permissions'
import type { Permission } from './permission'
import { fromPermissionJson, toPermissionJson } from './permission-json'
import { permissionJsonSchema, permissionListSchema } from './permission-schema'
import { selectorOf } from './selector'
import { worstCaseOf } from './worst-case'

const to = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const move: Permission = {
  to,
  signature: 'move(uint8)',
  maxCalls: 500,
  maxValuePerCall: 0n,
  maxValue: 0n,
}
const mint: Permission = {
  ...move,
  signature: 'mint(uint256)',
  maxCalls: 10,
  maxValuePerCall: 10n ** 16n,
  maxValue: 10n ** 17n,
}

describe('isFunctionSignature', () => {
  test.each([
    'move(uint8)',
    'a()',
    'f(uint256[],(address,bytes32[2])[])',
    '$x_1(bytes)',
  ])('param: accepts %s', (signature) => {
    expect(isFunctionSignature(signature)).toBe(true)
    expect(selectorOf(signature)).toBe(toFunctionSelector(signature))
  })

  test.each([
    '',
    'move',
    'move(uint)',
    'move(uint8 direction)',
    'move( uint8)',
    'move(uint8))',
    'move(uint8',
    'move(uint7)',
    'move(uint08)',
    'move(uint264)',
    'move(bytes33)',
    'move(,)',
    'move(())',
    '(uint8)',
    '1x()',
    `f(${'uint256,'.repeat(40)}uint8)`,
    'move(uint8[0])',
  ])('error: refuses %s', (signature) => {
    expect(isFunctionSignature(signature)).toBe(false)
  })

  test('behavior: encodes as viem does', () => {
    const abi = parseAbi(['function f(uint8 a, (address b, bytes c)[] d)'])
    const args = [3, [{ b: to, c: '0x0102' }]] as const
    expect(
      encodeCall('f(uint8,(address,bytes)[])', [3, [[to, '0x0102']]]),
    ).toBe(encodeFunctionData({ abi, args }))
  })
})

describe('encodeTable', () => {
  test('behavior: packs the contract layout', () => {
    expect(encodeTable([move])).toBe(
      `0x00${to.slice(2).toLowerCase()}${selectorOf(move.signature).slice(2)}000001f4`,
    )
    expect(encodeTable([move, mint]).length).toBe(2 + 2 * (29 + 61))
    expect(tableHashOf([move])).toBe(keccak256(encodeTable([move])))
  })

  test('behavior: decoding gives back what was encoded', () => {
    const uint128 = fc.bigInt(0n, 2n ** 128n - 1n)
    const arbitrary = fc
      .tuple(fc.integer({ min: 1, max: 524_287 }), uint128, uint128)
      .map(([maxCalls, maxValuePerCall, maxValue]) => ({
        ...move,
        maxCalls,
        maxValuePerCall: maxValue === 0n ? 0n : maxValuePerCall,
        maxValue,
      }))
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 8 }), (permissions) => {
        const entries = decodeTable(encodeTable(permissions))
        expect(entries).toEqual(
          permissions.map(({ signature, ...rest }) => ({
            ...rest,
            selector: selectorOf(signature),
          })),
        )
      }),
    )
  })

  test('error: unknown flags and cut bytes', () => {
    const table = encodeTable([mint])
    expect(() => decodeTable(`0x02${table.slice(4)}`)).toThrow('cannot be read')
    expect(() => decodeTable(table.slice(0, -2) as `0x${string}`)).toThrow()
  })
})

test('behavior: hashPermissions is the EIP-712 array hash', () => {
  const types = {
    Permission: [
      { name: 'to', type: 'address' },
      { name: 'signature', type: 'string' },
      { name: 'maxCalls', type: 'uint32' },
      { name: 'maxValuePerCall', type: 'uint128' },
      { name: 'maxValue', type: 'uint128' },
    ],
  } as const
  const single = hashStruct({ types, primaryType: 'Permission', data: mint })
  expect(hashPermissions([mint])).toBe(keccak256(single))
  expect(
    hashTypedData({
      domain: {},
      types,
      primaryType: 'Permission',
      message: mint,
    }),
  ).toHaveLength(66)
})

describe('permissionJsonSchema', () => {
  const json = toPermissionJson(mint)

  test('behavior: round trip, checksums addresses', () => {
    const parsed = permissionJsonSchema.parse({ ...json, to: to.toLowerCase() })
    expect(fromPermissionJson(parsed)).toEqual(mint)
  })

  test.each([
    ['to', { to: to.replace('d8dA', 'D8dA') }],
    ['to', { to: '0x12' }],
    ['maxCalls', { maxCalls: 0 }],
    ['maxCalls', { maxCalls: 524_288 }],
    ['maxCalls', { maxCalls: 1.5 }],
    ['maxCalls', { maxCalls: -1 }],
    ['maxValue', { maxValue: '-1' }],
    ['maxValue', { maxValue: '01' }],
    ['maxValue', { maxValue: (2n ** 128n).toString() }],
    ['maxValue', { maxValue: '0' }],
    ['maxValue', { maxValuePerCall: '0' }],
    ['maxValue', { maxValue: '1' }],
    ['signature', { signature: 'mint(uint)' }],
  ])('error: names %s', (field, change) => {
    const result = permissionJsonSchema.safeParse({ ...json, ...change })
    expect(result.error?.issues[0]?.path).toEqual([field])
  })

  test('error: unknown and prototype keys', () => {
    for (const key of ['extra', '__proto__', 'constructor']) {
      const text = `{${JSON.stringify(json).slice(1, -1)},"${key}":{"a":1}}`
      expect(
        permissionJsonSchema.safeParse(JSON.parse(text)).success,
        key,
      ).toBe(false)
    }
  })

  test('error: duplicates and too many', () => {
    const twice = permissionListSchema.safeParse([json, json])
    expect(twice.error?.issues[0]?.path).toEqual([1, 'signature'])
    expect(permissionListSchema.safeParse([]).success).toBe(false)
    expect(permissionListSchema.safeParse(Array(9).fill(json)).success).toBe(
      false,
    )
  })
})

describe('words', () => {
  test('behavior: sentences come from the signed fields', () => {
    expect(describePermission(move)).toBe(
      'Calls move(uint8) on 0xd8dA…6045, at most 500 times, without spending any ETH.',
    )
    expect(describePermission({ ...mint, maxCalls: 1 })).toBe(
      'Calls mint(uint256) on 0xd8dA…6045, at most once, paying at most 0.01 ETH each time and 0.1 ETH in all.',
    )
  })

  test('behavior: worst case adds up and is bounded by both limits', () => {
    expect(worstCaseOf([move, mint]).text).toBe(
      'at most 500 moves, 10 mints and 0.1 ETH',
    )
    expect(worstCaseOf([{ ...mint, maxCalls: 3 }]).totalWei).toBe(
      3n * 10n ** 16n,
    )
  })
})
