import fc from 'fast-check'
import { encodeAbiParameters, type Hex } from 'viem'
import { describe, expect, test } from 'vitest'
import { type CompiledRule, parseRule } from './compile-rule'
import { describeRule } from './describe-rule'
import { formatRule, readRule } from './rule-text'
import {
  findWordType,
  formatWord,
  maxWord,
  minWord,
  parseWord,
  SIGN_BIAS,
  type WordType,
} from './word-type'

const names = [
  ...['uint8', 'uint64', 'uint256', 'int8', 'int128', 'int256'],
  ...['address', 'bool', 'bytes1', 'bytes4', 'bytes32'],
]
const types = names.map((name) => findWordType(name) as WordType)
const address = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'

function compile(text: string, type = 'uint8', hasPeriod = false) {
  return parseRule(text, { words: [type, null], hasPeriod })
}

/** A word of `type` as rules compare it. */
function words(type: WordType): fc.Arbitrary<bigint> {
  const low = minWord(type)
  const span = maxWord(type) - low
  const near = fc.constantFrom(0n, 1n, 2n, span - 1n, span)
  const any = type.kind === 'bool' ? fc.bigInt(0n, 1n) : near
  const step = type.kind === 'bytes' ? 1n << BigInt(256 - 8 * type.size) : 1n
  return fc
    .oneof(any, fc.bigInt(0n, span))
    .map((offset) => low + ((offset < 0n ? 0n : offset) / step) * step)
}

const typedWords = fc
  .constantFrom(...types)
  .chain((type) => fc.tuple(fc.constant(type), words(type)))

describe('words', () => {
  test('behavior: values are written and read back', () => {
    fc.assert(
      fc.property(typedWords, ([type, word]) => {
        expect(parseWord(formatWord(word, type), type)).toBe(word)
      }),
    )
  })

  test('behavior: words order as the ABI encodes their values', () => {
    for (const value of [-128n, -1n, 0n, 1n, 127n]) {
      const encoded = encodeAbiParameters([{ type: 'int8' }], [Number(value)])
      const type = findWordType('int8') as WordType
      expect(BigInt(encoded) ^ SIGN_BIAS).toBe(parseWord(`${value}`, type))
    }
    const bytes = findWordType('bytes2') as WordType
    const encoded = encodeAbiParameters([{ type: 'bytes2' }], ['0xabcd'])
    expect(BigInt(encoded)).toBe(parseWord('0xABcd', bytes))
  })

  test.each([
    ...['uint', 'uint7', 'uint08', 'uint264', 'int0', 'bytes0', 'bytes33'],
    ...['string', 'bytes', 'uint8[]', '(uint8)', 'function', 'fixed', ''],
  ])('error: %s is no type of a word', (name) => {
    expect(findWordType(name)).toBeNull()
  })
})

const values = fc.stringMatching(/^-?[0-9]{1,9}$/)
const rules = fc.oneof(
  fc.record({
    kind: fc.constant('compare' as const),
    word: fc.nat(31),
    comparison: fc.constantFrom('==', '!=', '<', '<=', '>', '>='),
    value: values,
  }),
  fc.record({
    kind: fc.constant('between' as const),
    word: fc.nat(31),
    low: values,
    high: values,
  }),
  fc.record({
    kind: fc.constant('oneOf' as const),
    word: fc.nat(31),
    values: fc.array(values, { minLength: 1, maxLength: 16 }),
  }),
  fc.record({
    kind: fc.constant('sum' as const),
    word: fc.nat(31),
    max: fc.nat().map(String),
    maxPerPeriod: fc.option(fc.nat().map(String)),
  }),
)

describe('rule text', () => {
  test('behavior: what is written is read back', () => {
    fc.assert(
      fc.property(rules, (rule) => {
        expect(readRule(formatRule(rule))).toEqual(rule)
      }),
    )
  })

  test.each([
    ...['', 'arg0', 'arg0 <=', 'arg0 <= ', 'arg0<= 3', 'arg0 <=  3'],
    ...[' arg0 <= 3', 'arg0 <= 3 ', 'arg00 <= 3', 'arg-1 <= 3', 'Arg0 <= 3'],
    ...['arg0 = 3', 'arg0 in 1...5', 'arg0 in 1..', 'arg0 in {}'],
    ...['arg0 in {1,2}', 'arg0 in {1, }', 'arg0 in { 1 }', 'arg0 in 1'],
    ...['sum(arg0) < 3', 'sum(arg0) <= 3 and <= 2', 'sum(arg0) <= 0x3'],
    `arg0 in {${Array(17).fill('1').join(', ')}}`,
    'arg0 <= 3\n',
  ])('error: %j is no rule', (text) => {
    expect(readRule(text)).toBeNull()
    expect(compile(text)).toBe('InvalidRule')
  })
})

/** What the contract does with a word. */
function passes(rule: CompiledRule, word: Hex): boolean {
  if (rule.kind === 'sum') return true
  const value = BigInt(word) ^ (rule.isSigned ? SIGN_BIAS : 0n)
  return rule.ranges.some(({ low, high }) => value >= low && value <= high)
}

describe('parseRule', () => {
  test.each([
    ['arg0 == 3', [[3, 3]]],
    [
      'arg0 != 3',
      [
        [0, 2],
        [4, 255],
      ],
    ],
    ['arg0 != 0', [[1, 255]]],
    ['arg0 != 255', [[0, 254]]],
    ['arg0 < 3', [[0, 2]]],
    ['arg0 <= 3', [[0, 3]]],
    ['arg0 > 3', [[4, 255]]],
    ['arg0 >= 3', [[3, 255]]],
    ['arg0 in 3..5', [[3, 5]]],
    [
      'arg0 in {5, 3}',
      [
        [5, 5],
        [3, 3],
      ],
    ],
  ])('param: %s', (text, ranges) => {
    expect(compile(text)).toEqual({
      kind: 'ranges',
      word: 0,
      isSigned: false,
      ranges: ranges.map(([low, high]) => ({
        low: BigInt(low ?? 0),
        high: BigInt(high ?? 0),
      })),
    })
  })

  test('behavior: decides as the values themselves compare', () => {
    const int8 = fc.integer({ min: -128, max: 127 })
    const comparisons = {
      '==': (a: number, b: number) => a === b,
      '!=': (a: number, b: number) => a !== b,
      '<': (a: number, b: number) => a < b,
      '<=': (a: number, b: number) => a <= b,
      '>': (a: number, b: number) => a > b,
      '>=': (a: number, b: number) => a >= b,
    }
    const names = fc.constantFrom(
      ...(Object.keys(comparisons) as (keyof typeof comparisons)[]),
    )
    fc.assert(
      fc.property(names, int8, int8, (name, limit, value) => {
        const rule = compile(`arg0 ${name} ${limit}`, 'int8')
        const isPossible =
          !(name === '<' && limit === -128) && !(name === '>' && limit === 127)
        if (typeof rule === 'string') {
          expect([rule, isPossible]).toEqual(['InvalidRule', false])
          return
        }
        const word = encodeAbiParameters([{ type: 'int8' }], [value])
        expect(passes(rule, word)).toBe(comparisons[name](value, limit))
      }),
    )
  })

  test('error: dirty words pass no rule', () => {
    const dirty = (text: string, type: string, word: bigint) => {
      const rule = compile(text, type)
      if (typeof rule === 'string') throw new Error(rule)
      return passes(rule, `0x${word.toString(16).padStart(64, '0')}`)
    }
    expect(dirty('arg0 >= 0', 'uint8', 256n)).toBe(false)
    expect(dirty('arg0 != 3', 'uint8', 2n ** 255n + 4n)).toBe(false)
    expect(dirty('arg0 >= -128', 'int8', 255n)).toBe(false)
    expect(dirty('arg0 <= 127', 'int8', 2n ** 256n - 1n)).toBe(true)
    expect(dirty(`arg0 == ${address}`, 'address', 2n ** 160n)).toBe(false)
    expect(dirty('arg0 != false', 'bool', 2n)).toBe(false)
    expect(dirty('arg0 == 0xab', 'bytes1', 0xabn << 247n)).toBe(false)
  })

  test.each([
    ['arg32 == 1', 'uint8'],
    ['arg0 < 0', 'uint8'],
    ['arg0 > 255', 'uint8'],
    ['arg0 == 256', 'uint8'],
    ['arg0 == -1', 'uint8'],
    ['arg0 == -0', 'int8'],
    ['arg0 == 01', 'uint8'],
    ['arg0 == 0x1', 'uint8'],
    ['arg0 == 128', 'int8'],
    ['arg0 < -128', 'int8'],
    ['arg0 in 5..3', 'uint8'],
    ['arg0 in {1, 256}', 'uint8'],
    ['arg0 == yes', 'bool'],
    ['arg0 == 1', 'bool'],
    [`arg0 == ${address.slice(0, -1)}`, 'address'],
    ['arg0 == 0xabc', 'bytes2'],
    ['arg0 == 0xabcdef', 'bytes2'],
    ['sum(arg0) <= 0', 'uint8'],
    [`sum(arg0) <= ${2n ** 112n}`, 'uint256'],
    ['sum(arg0) <= 5 and <= 5 per period', 'uint8'],
  ])('error: %s of %s is invalid', (text, type) => {
    expect(compile(text, type)).toBe('InvalidRule')
  })

  test.each([
    ['arg1 == 1', 'uint8'],
    ['arg2 == 1', 'uint8'],
    ['arg0 < true', 'bool'],
    ['arg0 in {true}', 'bool'],
    [`arg0 > ${address}`, 'address'],
    ['arg0 != 0xab', 'bytes1'],
    ['arg0 in 0x01..0x02', 'bytes1'],
    ['sum(arg0) <= 5', 'int8'],
    ['sum(arg0) <= 5', 'address'],
    ['arg0 == 1', 'function'],
    ['arg0 nonsense', 'address'],
    ['arg1 nonsense', 'uint8'],
    ['sum(arg0)', 'bool'],
  ])('error: %s of %s is not supported', (text, type) => {
    expect(compile(text, type)).toBe('UnsupportedRule')
  })

  test('behavior: sums, with and without a period', () => {
    const sum = { kind: 'sum', word: 0, max: 9n }
    expect(compile('sum(arg0) <= 9', 'uint8', true)).toEqual({
      ...sum,
      maxPerPeriod: 9n,
    })
    expect(
      compile('sum(arg0) <= 9 and <= 4 per period', 'uint8', true),
    ).toEqual({ ...sum, maxPerPeriod: 4n })
    expect(compile('sum(arg0) <= 9 and <= 10 per period', 'uint8', true)).toBe(
      'InvalidRule',
    )
  })

  test('behavior: addresses of any case are one value', () => {
    expect(compile(`arg0 == ${address}`, 'address')).toEqual(
      compile(`arg0 == ${address.toLowerCase()}`, 'address'),
    )
  })
})

describe('describeRule', () => {
  test('behavior: sentences', () => {
    const sentences = [
      'arg0 == 1000000',
      'arg0 != -5',
      'arg0 < 3',
      'arg0 <= 3',
      'arg0 > 3',
      'arg0 >= 3',
      'arg0 in 1..5',
      'arg0 in {1}',
      'arg0 in {1, 2, 3}',
      'sum(arg0) <= 100',
      'sum(arg0) <= 100 and <= 10 per period',
      `arg1 in {${address.toLowerCase()}, ${address.toLowerCase()}}`,
      'arg0 == true',
      'not a rule',
    ].map((text) => describeRule(text, ['direction']))
    expect(sentences).toMatchInlineSnapshot(`
      [
        "direction is 1,000,000",
        "direction is not -5",
        "direction is below 3",
        "direction is at most 3",
        "direction is above 3",
        "direction is at least 3",
        "direction is from 1 to 5",
        "direction is 1",
        "direction is 1, 2 or 3",
        "direction adds up to at most 100",
        "direction adds up to at most 100, and at most 10 in each period",
        "arg1 is 0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045 or 0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045",
        "direction is true",
        "not a rule",
      ]
    `)
  })
})
