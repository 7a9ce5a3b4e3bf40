import { encodeFunctionData, parseAbi, toFunctionSelector } from 'viem'
import { describe, expect, test } from 'vitest'
import { describePermission } from './describe-permission'
import {
  encodeCall,
  isFunctionSignature,
  parseFunctionSignature,
} from './function-signature'
import { makePermission, type Permission } from './permission'
import { fromPermissionJson, toPermissionJson } from './permission-json'
import { permissionJsonSchema } from './permission-schema'
import { selectorOf } from './selector'

const to = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const move = makePermission({ to, signature: 'move(uint8)', maxCalls: 500 })
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

  test('behavior: every head word has its type, and offsets have none', () => {
    expect(
      parseFunctionSignature(
        'f(uint8,(address,bytes32[2]),string,(bool,bytes),int16[2][2],uint256[])',
      ),
    ).toEqual({
      name: 'f',
      types: [
        ...['uint8', '(address,bytes32[2])', 'string', '(bool,bytes)'],
        ...['int16[2][2]', 'uint256[]'],
      ],
      words: [
        ...['uint8', 'address', 'bytes32', 'bytes32', null, null],
        ...['int16', 'int16', 'int16', 'int16', null],
      ],
    })
    const many = parseFunctionSignature('f(uint8[999999999],address)')
    expect(many?.words).toEqual(Array(32).fill('uint8'))
    expect(parseFunctionSignature('f((string,uint8)[2],bool)')?.words).toEqual([
      null,
      'bool',
    ])
  })

  test('behavior: encodes as viem does', () => {
    const abi = parseAbi(['function f(uint8 a, (address b, bytes c)[] d)'])
    const args = [3, [{ b: to, c: '0x0102' }]] as const
    expect(
      encodeCall('f(uint8,(address,bytes)[])', [3, [[to, '0x0102']]]),
    ).toBe(encodeFunctionData({ abi, args }))
  })
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
    ['maxValue', { maxValue: (2n ** 112n).toString() }],
    ['maxValue', { maxValue: 'all' }],
    ['maxValue', { maxValue: '0' }],
    ['maxValue', { maxValuePerCall: '0' }],
    ['maxValue', { maxValue: '1' }],
    ['signature', { signature: 'mint(uint)' }],
    ['signature', { signature: 'setApprovalForAll(address,bool)' }],
    ['period', { period: 59, maxCallsPerPeriod: 1 }],
    ['period', { period: 2_592_001, maxCallsPerPeriod: 1 }],
    ['maxCallsPerPeriod', { maxCallsPerPeriod: 1 }],
    ['maxCallsPerPeriod', { period: 60, maxCallsPerPeriod: 11 }],
    ['maxCallsPerPeriod', { period: 60, maxCallsPerPeriod: 0 }],
    ['maxValuePerPeriod', { maxValuePerPeriod: '1' }],
    ['maxValuePerPeriod', { period: 60, maxCallsPerPeriod: 1 }],
    ['rules.0', { rules: ['arg0<=3'] }],
    ['rules.1', { rules: ['arg0 <= 3', 'arg1 <= 3'] }],
    ['rules.0', { rules: ['sum(arg0) <= 3 and <= 2 per period'] }],
    ['rules', { rules: Array(9).fill('arg0 <= 3') }],
    ['rules.0', { rules: ['x'.repeat(1_401)] }],
  ])('error: names %s', (field, change) => {
    const result = permissionJsonSchema.safeParse({ ...json, ...change })
    expect(result.error?.issues[0]?.path.join('.')).toBe(field)
  })

  test('behavior: what is missing is not made up', () => {
    const { rules: _, ...old } = json
    expect(permissionJsonSchema.safeParse(old).success).toBe(false)
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

  test('behavior: periods and rules are said', () => {
    const daily = {
      ...mint,
      period: 86_400,
      maxCallsPerPeriod: 2,
      maxValuePerPeriod: 2n * 10n ** 16n,
      rules: ['arg0 in 1..5', 'sum(arg0) <= 20 and <= 8 per period'],
    }
    expect(describePermission(daily, ['relic'])).toBe(
      'Calls mint(uint256) on 0xd8dA…6045, at most 10 times and 2 times every day, paying at most 0.01 ETH each time, 0.02 ETH every day and 0.1 ETH in all. Only if relic is from 1 to 5; relic adds up to at most 20, and at most 8 in each period.',
    )
  })
})
