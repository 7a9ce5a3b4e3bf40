import fc from 'fast-check'
import type { Address } from 'viem'
import { parseRule } from '../compile-rule'
import { cellsOf } from '../compile-terms'
import { parseFunctionSignature } from '../function-signature'
import { MAX_AMOUNT } from '../limits'
import { makePermission, type Permission } from '../permission'
import type { SpendLimit, Terms } from '../terms'
import { tokenFunctions } from '../token-function'

/** Address that generated rules name. */
export const namedAddress: Address =
  '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'

/** Contracts of generated terms, unless others are given. */
const contracts: readonly Address[] = [
  namedAddress,
  '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
]
const signatures = [
  ...['walk()', 'move(uint8)', 'shift(int16)', 'mint(uint256,address)'],
  ...['paint(bytes4,bool)', 'say(string,uint32)', 'place((uint8,int256)[2])'],
]

function lower(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

const small = fc.bigInt(0n, 40n)
const amounts = fc.oneof(small, small, fc.bigInt(0n, MAX_AMOUNT))

function literals(type: string | null): fc.Arbitrary<string> {
  if (type === 'bool') return fc.constantFrom('true', 'false')
  if (type === 'address') return fc.constantFrom(...contracts)
  if (type === 'bytes4') return fc.constantFrom('0xdeadbeef', '0x00000000')
  return fc
    .integer({ min: type?.startsWith('int') ? -9 : 0, max: 9 })
    .map(String)
}

function ruleTexts(word: number, type: string | null): fc.Arbitrary<string> {
  const value = literals(type)
  const compare = fc
    .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>='), value)
    .map(([comparison, text]) => `arg${word} ${comparison} ${text}`)
  const between = fc
    .tuple(value, value)
    .map(([low, high]) => `arg${word} in ${low}..${high}`)
  const oneOf = fc
    .array(value, { minLength: 1, maxLength: 4 })
    .map((list) => `arg${word} in {${list.join(', ')}}`)
  const sum = fc
    .tuple(fc.bigInt(1n, 60n), fc.option(fc.bigInt(1n, 30n)))
    .map(([max, part]) =>
      part === null
        ? `sum(arg${word}) <= ${max}`
        : `sum(arg${word}) <= ${max} and <= ${part} per period`,
    )
  return fc.oneof(compare, between, oneOf, sum, sum)
}

/** Rules of a function, of every kind; only those that can be compiled. */
function ruleLists(
  signature: string,
  hasPeriod: boolean,
): fc.Arbitrary<string[]> {
  const words = parseFunctionSignature(signature)?.words ?? []
  if (words.length === 0) return fc.constant([])
  const rule = fc
    .nat(words.length - 1)
    .chain((word) => ruleTexts(word, words[word] ?? null))
  return fc
    .array(rule, { maxLength: 3 })
    .map((rules) =>
      rules.filter(
        (text) => typeof parseRule(text, { words, hasPeriod }) !== 'string',
      ),
    )
}

const limits = fc
  .record({
    maxCalls: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(524_287)),
    value: fc.option(fc.tuple(amounts, amounts, amounts)),
    period: fc.option(fc.constantFrom(60, 61, 600, 2_592_000)),
    share: fc.nat(8),
  })
  .map(({ maxCalls, value, period, share }) => {
    const [perCall, perPeriod, total] = [...(value ?? [])]
      .map((amount) => lower(amount + 1n, MAX_AMOUNT))
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    return {
      maxCalls,
      maxValuePerCall: perCall ?? 0n,
      maxValue: total ?? 0n,
      period: period ?? 0,
      maxCallsPerPeriod: period === null ? 0 : Math.min(maxCalls, share + 1),
      maxValuePerPeriod: period === null ? 0n : (perPeriod ?? 0n),
    }
  })

function permissions(to: Address, signature: string): fc.Arbitrary<Permission> {
  return limits.chain((limit) =>
    ruleLists(signature, limit.period > 0).map((rules) =>
      makePermission({ to, signature, ...limit, rules }),
    ),
  )
}

function metersOf({ maxValue, rules }: Permission): number {
  const sums = rules.filter((text) => text.startsWith('sum(')).length
  return sums + (maxValue > 0n ? 1 : 0)
}

/** As many of the permissions, in order, as cells and meters allow; at least the first, which always fits. */
function thatFit(list: readonly Permission[], meters: number): Permission[] {
  let cells = 8
  let left = meters
  return list.filter((permission) => {
    const fits = cellsOf(permission) <= cells && metersOf(permission) <= left
    if (fits) {
      cells -= cellsOf(permission)
      left -= metersOf(permission)
    }
    return fits
  })
}

const spends = (token: Address): fc.Arbitrary<SpendLimit> =>
  fc
    .tuple(
      fc.oneof(fc.bigInt(1n, 60n), fc.bigInt(1n, MAX_AMOUNT)),
      fc.option(fc.tuple(fc.constantFrom(60, 86_400), fc.bigInt(1n, 30n))),
    )
    .map(([maxAmount, period]) => ({
      token,
      maxAmount,
      period: period?.[0] ?? 0,
      maxAmountPerPeriod: period === null ? 0n : lower(period[1], maxAmount),
    }))

/** What generated terms are about. */
export type TermsSource = {
  /** Contracts of ordinary functions. */
  targets?: readonly Address[]
  /** Contracts of spend limits and token functions. */
  tokens?: readonly Address[]
  /** 1 to 8. */
  maxPermissions?: number
}

function functions(
  targets: readonly Address[],
  limited: readonly Address[],
  maxLength: number,
): fc.Arbitrary<{ to: Address; signature: string }[]> {
  const pairsOf = (contracts: readonly Address[], names: readonly string[]) =>
    contracts.flatMap((to) => names.map((signature) => ({ to, signature })))
  const pairs = [
    ...pairsOf(targets, signatures),
    ...pairsOf(limited, Object.keys(tokenFunctions)),
  ]
  return fc.shuffledSubarray(pairs, { minLength: 1, maxLength })
}

/** Terms that the contract accepts: every kind of limit and rule, one or more permissions. */
export function arbitraryTerms({
  targets = contracts,
  tokens = contracts,
  maxPermissions = 8,
}: TermsSource = {}): fc.Arbitrary<Terms> {
  return fc
    .subarray([...tokens], { maxLength: Math.min(tokens.length, 2) })
    .chain((limited) =>
      fc
        .tuple(
          functions(targets, limited, maxPermissions).chain((chosen) =>
            fc.tuple(
              ...chosen.map(({ to, signature }) => permissions(to, signature)),
            ),
          ),
          fc.tuple(...limited.map(spends)),
        )
        .map(([list, spendLimits]) => ({
          permissions: thatFit(list, 8 - spendLimits.length),
          spendLimits,
        })),
    )
}
