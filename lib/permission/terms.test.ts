import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { keccak256, size } from 'viem'
import { describe, expect, test } from 'vitest'
import { errorTable } from '@/lib/errors/error-table'
import { assertTerms, checkTerms } from './check-terms'
import { compileTerms, spendMeterOf } from './compile-terms'
import { decodeTable } from './decode-table'
import { describeSpendLimit } from './describe-spend-limit'
import { encodeTable, packTable, tableHashOf } from './encode-table'
import { ENTRY_POINTS, PERMIT2 } from './forbidden-target'
import { isFunctionSignature } from './function-signature'
import { makePermission } from './permission'
import { selectorOf } from './selector'
import { makeTerms, type SpendLimit, type Terms } from './terms'
import { termsErrorCodes } from './terms-error'
import { fromTermsJson, toTermsJson } from './terms-json'
import { termsJsonSchema } from './terms-schema'
import { arbitraryTerms } from './test/arbitrary-terms'
import { tokenFunctions } from './token-function'
import { unboundedFunctions } from './unbounded-functions'
import { findOutsidePolicy } from './within-policy'

const to = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const token = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const move = makePermission({ to, signature: 'move(uint8)', maxCalls: 500 })
const mint = makePermission({
  to,
  signature: 'mint(uint256)',
  maxCalls: 10,
  maxValuePerCall: 3n,
  maxValue: 9n,
  period: 3_600,
  maxCallsPerPeriod: 2,
  maxValuePerPeriod: 5n,
  rules: ['arg0 in 1..5', 'sum(arg0) <= 20', 'arg0 != 3'],
})
const transfer = makePermission({
  to: token,
  signature: 'transfer(address,uint256)',
  maxCalls: 7,
  rules: [`arg0 == ${to}`],
})
const gold: SpendLimit = {
  token,
  maxAmount: 100n,
  period: 86_400,
  maxAmountPerPeriod: 10n,
}
const terms = makeTerms([move, mint, transfer], [gold])

/** Hex digits of a number in `bytes` bytes. */
function hex(value: number | bigint, bytes: number): string {
  return value.toString(16).padStart(2 * bytes, '0')
}

describe('encodeTable', () => {
  test('behavior: packs the contract layout', () => {
    const bare = (address: string) => address.slice(2).toLowerCase()
    const selector = (signature: string) => selectorOf(signature).slice(2)
    expect(encodeTable(terms)).toBe(
      `0x${[
        ...['13', '00', bare(to), selector('move(uint8)'), hex(500, 4)],
        // Value, period and rules; its three cells follow the one of move.
        ...['27', bare(to), selector('mint(uint256)'), hex(10, 4)],
        ...['00', hex(3, 14), hex(9, 14)],
        ...[hex(3_600, 4), hex(2, 4), hex(5, 14)],
        ...['03', '00', '01', hex(1, 32), hex(5, 32)],
        ...['00', '81', hex(20, 14), hex(20, 14)],
        ...['00', '02', hex(0, 32), hex(2, 32)],
        ...[hex(4, 32), 'f'.repeat(64)],
        // transfer, on cell 4, with a rule.
        ...['8c', bare(token), 'a9059cbb', hex(7, 4)],
        ...['01', '00', '01', hex(BigInt(to), 32), hex(BigInt(to), 32)],
        ...[bare(token), hex(100, 14), hex(86_400, 4), hex(10, 14)],
      ].join('')}`,
    )
    expect(tableHashOf(terms)).toBe(keccak256(encodeTable(terms)))
  })

  test('behavior: a permission without limits takes 29 bytes', () => {
    expect(size(encodeTable(makeTerms([move])))).toBe(1 + 29)
    expect(spendMeterOf(0)).toBe(7)
  })

  test('behavior: decoding gives back what was compiled', () => {
    fc.assert(
      fc.property(arbitraryTerms(), (sample) => {
        const table = compileTerms(sample)
        expect(decodeTable(packTable(table))).toEqual(table)
      }),
    )
  })

  test('error: cut, longer, or without meaning', () => {
    const table = encodeTable(terms)
    const broken = [
      '0x',
      table.slice(0, -2),
      `${table}00`,
      `0x59${table.slice(4)}`,
      `0x${'0'.repeat(2_000)}`,
    ] as const
    for (const text of broken) {
      expect(() => decodeTable(text as `0x${string}`)).toThrow('cannot be read')
    }
  })
})

describe('checkTerms', () => {
  test('behavior: finds nothing in good terms', () => {
    expect(checkTerms(terms)).toEqual([])
    expect(() => assertTerms(terms)).not.toThrow()
    fc.assert(
      fc.property(arbitraryTerms(), (sample) => {
        expect(checkTerms(sample)).toEqual([])
      }),
    )
  })

  const limits = (change: Partial<SpendLimit>): Terms =>
    makeTerms([move], [{ ...gold, ...change }])
  const permissions = (...changes: Partial<typeof move>[]): Terms =>
    makeTerms(changes.map((change) => ({ ...move, ...change })))
  const sums = ['sum(arg0) <= 1', 'sum(arg0) <= 2', 'sum(arg0) <= 3']

  test.each<[string, string, Terms]>([
    ['InvalidPermissionCount', 'permissions', permissions()],
    [
      'InvalidPermissionCount',
      'permissions',
      permissions(...Array(9).fill({})),
    ],
    [
      'InvalidFunctionSignature',
      'permissions.0.signature',
      permissions({ signature: 'move(uint)' }),
    ],
    [
      'InvalidCallLimit',
      'permissions.0.maxCalls',
      permissions({ maxCalls: 0 }),
    ],
    [
      'InvalidCallLimit',
      'permissions.0.maxCalls',
      permissions({ maxCalls: 524_288 }),
    ],
    [
      'InvalidValueLimit',
      'permissions.0.maxValue',
      permissions({ maxValue: 1n }),
    ],
    ['InvalidPeriod', 'permissions.0.period', permissions({ period: 1 })],
    [
      'DuplicatePermission',
      'permissions.1.signature',
      permissions({}, { maxCalls: 2 }),
    ],
    ['ForbiddenTarget', 'permissions.0.to', permissions({ to: PERMIT2 })],
    [
      'UnboundedFunction',
      'permissions.0.signature',
      permissions({ signature: 'setApprovalForAll(address,bool)' }),
    ],
    [
      'SpendLimitMissing',
      'permissions.0.signature',
      permissions({ signature: 'approve(address,uint256)' }),
    ],
    [
      'InvalidRule',
      'permissions.0.rules.1',
      permissions({ rules: ['arg0 == 1', 'arg0 == 256'] }),
    ],
    [
      'UnsupportedRule',
      'permissions.0.rules.0',
      permissions({ rules: ['arg1 == 1'] }),
    ],
    [
      'TooManyRules',
      'permissions.0.rules',
      permissions({ rules: Array(9).fill('arg0 == 1') }),
    ],
    [
      'TooManySpendLimits',
      'spendLimits',
      makeTerms([move], Array(5).fill(gold)),
    ],
    ['InvalidSpendLimit', 'spendLimits.0.maxAmount', limits({ maxAmount: 0n })],
    ['InvalidSpendLimit', 'spendLimits.0.period', limits({ period: 59 })],
    [
      'InvalidSpendLimit',
      'spendLimits.0.maxAmountPerPeriod',
      limits({ maxAmountPerPeriod: 101n }),
    ],
    [
      'InvalidSpendLimit',
      'spendLimits.0.maxAmountPerPeriod',
      limits({ period: 0 }),
    ],
    [
      'InvalidSpendLimit',
      'spendLimits.1.token',
      makeTerms([move], [gold, gold]),
    ],
    [
      'TooManyCounters',
      'permissions',
      permissions(
        ...['a()', 'b()', 'c()'].map((signature) => ({
          ...{ signature, period: 60, maxCallsPerPeriod: 1 },
        })),
      ),
    ],
    [
      'TooManyMeters',
      'permissions',
      permissions(
        ...['a(uint8)', 'b(uint8)', 'c(uint8)'].map((signature) => ({
          ...{ signature, rules: sums },
        })),
      ),
    ],
  ])('error: %s at %s', (error, path, sample) => {
    const problems = checkTerms(sample).map((each) => [
      each.error,
      each.path.join('.'),
    ])
    expect(problems).toContainEqual([error, path])
    expect(() => assertTerms(sample)).toThrow()
  })

  test('error: our own contracts are no targets', () => {
    const ownContracts = [to, token] as const
    expect(
      checkTerms(terms, { ownContracts }).map(({ path }) => path.join('.')),
    ).toEqual([
      ...['permissions.0.to', 'permissions.1.to', 'permissions.2.to'],
      'spendLimits.0.token',
    ])
    for (const entryPoint of ENTRY_POINTS) {
      expect(checkTerms(permissions({ to: entryPoint }))).toHaveLength(1)
    }
  })

  test('behavior: an error names its field, the contract’s error and a remedy', () => {
    const bad = permissions({ rules: ['arg0 == 256'] })
    try {
      assertTerms(bad)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({
        code: 'invalid_rule',
        remedy: errorTable.invalid_rule.remedy,
        details: {
          error: 'InvalidRule',
          field: 'permissions.0.rules.0',
          problem: 'is not a rule, or could never hold',
        },
      })
    }
  })

  test('behavior: each error about terms has a sentence and a remedy', () => {
    const sentences = Object.values(termsErrorCodes).map((code) => {
      const { message, remedy } = errorTable[code]
      return `${code}: ${message} ${remedy}`
    })
    expect([...new Set(sentences)]).toMatchInlineSnapshot(`
      [
        "permission_count: A session needs 1 to 8 permissions. Ask the studio: the game needs another policy.",
        "invalid_permission: A permission of the session is not valid. Ask the studio: the game needs another policy.",
        "invalid_period: A limit per period does not fit its permission. Choose 60 seconds to 30 days, and no more per period than in all.",
        "duplicate_permission: The same function is listed twice. Ask the studio: the game needs another policy.",
        "forbidden_target: A session may never call this contract. Ask the studio: the game needs another policy.",
        "unbounded_function: No limit could bound what this function gives away. Leave the function out.",
        "spend_limit_missing: A function that moves tokens has no spend limit for its token. Add a spend limit for the contract of the function.",
        "invalid_rule: A rule cannot be read, or could never hold. Write it like arg0 <= 3, with values that the argument can have.",
        "unsupported_rule: A rule asks something of an argument that its type does not have. Choose another argument or another condition.",
        "too_many_rules: A permission has more than 8 rules. Join rules, or leave some out.",
        "too_many_spend_limits: A session has more than 4 spend limits. Leave some out.",
        "invalid_spend_limit: A spend limit is not valid. Check its token, amounts and period; name each token once.",
        "too_many_counters: The permissions need more than 8 counters: 1 each, 3 with a period. Use fewer permissions or fewer periods.",
        "too_many_meters: Values, sums and spend limits need more than 8 meters together. Use fewer of them.",
        "wider_than_policy: The session asks for more than the game may ask for. Start the session from the game page.",
      ]
    `)
  })
})

describe('termsJsonSchema', () => {
  test('behavior: round trip', () => {
    fc.assert(
      fc.property(arbitraryTerms(), (sample) => {
        const wire = JSON.parse(JSON.stringify(toTermsJson(sample)))
        expect(fromTermsJson(termsJsonSchema.parse(wire))).toEqual(sample)
      }),
    )
  })

  test('error: what is wrong between the parts', () => {
    const paths = (sample: Terms) =>
      termsJsonSchema
        .safeParse(toTermsJson(sample))
        .error?.issues.map(({ path }) => path.join('.'))
    expect(paths(makeTerms([move, move]))).toEqual(['permissions.1.signature'])
    expect(paths(makeTerms([transfer]))).toEqual(['permissions.0.signature'])
    expect(paths(makeTerms([move], [gold, gold]))).toEqual([
      'spendLimits.1.token',
    ])
  })

  test('error: unknown keys, and lists that are too long', () => {
    const json = toTermsJson(terms)
    const refused = [
      { ...json, extra: 1 },
      { ...json, permissions: [] },
      { ...json, permissions: Array(9).fill(json.permissions[0]) },
      { ...json, spendLimits: Array(5).fill(json.spendLimits[0]) },
      { ...json, spendLimits: [{ ...json.spendLimits[0], extra: 1 }] },
      { permissions: json.permissions },
    ]
    for (const sample of refused) {
      expect(termsJsonSchema.safeParse(sample).success).toBe(false)
    }
  })
})

describe('findOutsidePolicy', () => {
  const within = (own: Terms, policy: Terms) =>
    findOutsidePolicy(compileTerms(own), compileTerms(policy))?.error ?? null

  test('behavior: terms are within themselves, and fewer within more', () => {
    fc.assert(
      fc.property(arbitraryTerms(), (sample) => {
        expect(within(sample, sample)).toBeNull()
      }),
    )
    const stricter = {
      ...mint,
      maxCalls: 9,
      rules: [...mint.rules, 'arg0 < 5'],
    }
    expect(within(makeTerms([stricter], [gold]), terms)).toBeNull()
  })

  test.each<[string, Terms]>([
    ['more calls', makeTerms([{ ...move, maxCalls: 501 }], [gold])],
    ['another function', makeTerms([{ ...move, signature: 'go()' }], [gold])],
    ['a longer period', makeTerms([{ ...mint, period: 3_601 }], [gold])],
    ['more per period', makeTerms([{ ...mint, maxCallsPerPeriod: 3 }], [gold])],
    ['a rule less', makeTerms([{ ...mint, rules: ['arg0 in 1..2'] }], [gold])],
    [
      'a looser rule',
      makeTerms(
        [{ ...mint, rules: ['arg0 in 1..6', ...mint.rules.slice(1)] }],
        [gold],
      ),
    ],
    [
      'no period',
      makeTerms(
        [
          {
            ...mint,
            ...{ period: 0, maxCallsPerPeriod: 0, maxValuePerPeriod: 0n },
          },
        ],
        [gold],
      ),
    ],
  ])('error: %s', (_, own) => {
    expect(within(own, terms)).toBe('PermissionOutsidePolicy')
  })

  test('error: a spend limit less, or a higher one', () => {
    const inTotal = { ...gold, period: 0, maxAmountPerPeriod: 0n }
    for (const spendLimits of [
      [],
      [inTotal],
      [{ ...gold, maxAmount: 101n }],
      [{ ...gold, period: 3_600 }],
    ]) {
      expect(within(makeTerms([move], spendLimits), terms)).toBe(
        'SpendLimitOutsidePolicy',
      )
    }
    expect(within(terms, makeTerms(terms.permissions, [inTotal]))).toBeNull()
  })
})

test('behavior: the contract refuses the same functions', () => {
  const path = 'contracts/src/types/UnboundedFunctions.sol'
  const source = readFileSync(path, 'utf8')
  const selectors = [...source.matchAll(/hex"([0-9a-f]{8})"/g)].map(
    ([, selector]) => `0x${selector}`,
  )
  expect(unboundedFunctions.map(selectorOf).sort()).toEqual(selectors.sort())
  for (const signature of unboundedFunctions) {
    expect(isFunctionSignature(signature), signature).toBe(true)
  }
})

test('behavior: token functions are known by their selectors', () => {
  expect(Object.keys(tokenFunctions).map(selectorOf)).toEqual([
    ...['0xa9059cbb', '0x23b872dd', '0x095ea7b3', '0x39509351'],
  ])
})

test('behavior: a spend limit in words', () => {
  expect(describeSpendLimit(gold)).toBe(
    'Spends at most 10 units of 0x7099…79C8 every day and 100 units of 0x7099…79C8 in all.',
  )
  expect(
    describeSpendLimit(
      { ...gold, period: 0, maxAmountPerPeriod: 0n },
      { symbol: 'GOLD', decimals: 1 },
    ),
  ).toBe('Spends at most 10 GOLD in all.')
})
