import type { Address } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  sessionManagerAddress,
  termsCompilerAddress,
} from '@/lib/contracts/addresses'
import { type Anvil, startAnvil } from '@/scripts/stack/anvil'
import { findFreePort } from '@/scripts/stack/child'
import { deployContracts } from '@/scripts/stack/deploy'
import { localAccounts } from '@/scripts/stack/keys'
import { checkTerms } from '../permission/check-terms'
import { PERMIT2 } from '../permission/forbidden-target'
import { makePermission, type Permission } from '../permission/permission'
import { makeTerms, type SpendLimit, type Terms } from '../permission/terms'
import type { TermsErrorName } from '../permission/terms-error'
import { connectTestChain, type TestChain } from './test/chain'
import { compileOnChain } from './test/terms-compiler'

const ownContracts = [termsCompilerAddress, sessionManagerAddress]
const game: Address = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const gold: Address = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'

let anvil: Anvil
let chain: TestChain

beforeAll(async () => {
  anvil = await startAnvil({ port: await findFreePort() })
  await deployContracts(anvil.url)
  chain = connectTestChain(anvil.url, localAccounts.deployer)
})
afterAll(async () => {
  await anvil?.child.stop()
})

const play = (name: string, change: Partial<Permission> = {}) =>
  makePermission({
    ...{ to: game, signature: `${name}(uint8)`, maxCalls: 9 },
    ...change,
  })
const names = [...'abcdefghi']
const spend = (change: Partial<SpendLimit> = {}): SpendLimit => ({
  ...{ token: gold, maxAmount: 1n, period: 0, maxAmountPerPeriod: 0n },
  ...change,
})
const eachHour = { period: 3_600, maxCallsPerPeriod: 1 }

type PermissionFault = [TermsErrorName, Partial<Permission>]
type Fault = [TermsErrorName, (terms: Terms) => Terms]

/** What can be wrong with one permission, in the order in which the contract looks for it. */
const inPermission: readonly PermissionFault[] = [
  ['InvalidCallLimit', { maxCalls: 0 }],
  ['InvalidValueLimit', { maxValue: 1n }],
  ['InvalidPeriod', { period: 59 }],
  ['ForbiddenTarget', { to: PERMIT2 }],
  ['InvalidFunctionSignature', { signature: 'b(uint)' }],
  ['UnboundedFunction', { signature: 'setApprovalForAll(address,bool)' }],
  ['SpendLimitMissing', { signature: 'approve(address,uint256)' }],
  ['DuplicatePermission', { signature: 'a(uint8)' }],
  ['TooManyRules', { rules: Array(9).fill('arg0 == 256') }],
  ['UnsupportedRule', { rules: ['arg2 == 1', 'arg0 == 256'] }],
  ['InvalidRule', { rules: ['arg0 == 256', 'arg2 == 1'] }],
]

/** What is looked for before all permissions, in order. */
const before: readonly Fault[] = [
  [
    'InvalidPermissionCount',
    (terms) => ({
      ...terms,
      permissions: [...terms.permissions, ...names.map((name) => play(name))],
    }),
  ],
  [
    'TooManySpendLimits',
    (terms) => ({ ...terms, spendLimits: Array(5).fill(spend()) }),
  ],
]

/** What is looked for behind all permissions, in order. */
const behind: readonly Fault[] = [
  [
    'InvalidSpendLimit',
    (terms) => ({ ...terms, spendLimits: [spend({ maxAmount: 0n })] }),
  ],
  [
    'TooManyCounters',
    (terms) => ({
      ...terms,
      permissions: [
        ...terms.permissions,
        ...['g', 'h'].map((name) => play(name, eachHour)),
      ],
    }),
  ],
  [
    'TooManyMeters',
    (terms) => ({
      ...terms,
      permissions: [
        ...terms.permissions,
        play('i', {
          ...{ maxValuePerCall: 1n, maxValue: 1n },
          rules: Array(8).fill('sum(arg0) <= 1'),
        }),
      ],
    }),
  ],
]

/** Good terms, but for what is wrong with the second permission and with the third. */
function termsWith(
  second: Partial<Permission> = {},
  third: Partial<Permission> = {},
): Terms {
  return makeTerms([play('a'), play('b', second), play('c', third)])
}

type Sample = { title: string; first: TermsErrorName; terms: Terms }

function sample(
  first: TermsErrorName,
  second: TermsErrorName,
  terms: Terms,
): Sample {
  return { title: `${first} before ${second}`, first, terms }
}

/** Two faults of the same permission, where they are about different fields. */
function inOnePermission(): Sample[] {
  return inPermission.flatMap(([first, a], index) =>
    inPermission
      .slice(index + 1)
      .filter(([, b]) => !Object.keys(a).some((field) => field in b))
      .map(([second, b]) => sample(first, second, termsWith({ ...a, ...b }))),
  )
}

/** Two faults, each of its own permission, in both orders. */
function inTwoPermissions(): Sample[] {
  return inPermission.flatMap(([first, a]) =>
    inPermission.map(([second, b]) => sample(first, second, termsWith(a, b))),
  )
}

/** A fault of one permission beside one of the whole, and two of the whole. */
function ofTheWhole(): Sample[] {
  const around = [...before, ...behind]
  return [
    ...inPermission.flatMap(([name, change]) => [
      ...before.map(([first, spoil]) =>
        sample(first, name, spoil(termsWith({}, change))),
      ),
      ...behind.map(([last, spoil]) =>
        sample(name, last, spoil(termsWith({}, change))),
      ),
    ]),
    ...around.flatMap(([first, spoil], index) =>
      around
        .slice(index + 1)
        .map(([second, spoilToo]) =>
          sample(first, second, spoil(spoilToo(termsWith()))),
        ),
    ),
  ]
}

describe('checkTerms', () => {
  test.each([
    ['of one permission', inOnePermission(), 46],
    ['of two permissions', inTwoPermissions(), 121],
    ['of the whole terms', ofTheWhole(), 65],
  ] as const)(
    'behavior: finds of two errors %s the one that the contract finds',
    async (_, samples, count) => {
      expect(samples).toHaveLength(count)
      const answers = await Promise.all(
        samples.map(async ({ title, terms }) => {
          const [problem] = checkTerms(terms, { ownContracts })
          const onChain = await compileOnChain(chain, terms)
          return { title, first: problem?.error, onChain }
        }),
      )
      expect(answers).toEqual(
        samples.map(({ title, first }) => ({ title, first, onChain: first })),
      )
    },
  )

  test('behavior: the terms around the errors are good', async () => {
    expect(checkTerms(termsWith(), { ownContracts })).toEqual([])
    expect(await compileOnChain(chain, termsWith())).toHaveLength(2)
  })
})
