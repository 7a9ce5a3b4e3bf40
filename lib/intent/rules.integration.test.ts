import fc from 'fast-check'
import {
  type Address,
  concatHex,
  type Hex,
  numberToHex,
  pad,
  size,
  slice,
} from 'viem'
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
import {
  compileTerms,
  spendMeterOf,
  type Table,
} from '../permission/compile-terms'
import { encodeTable } from '../permission/encode-table'
import { ENTRY_POINTS, PERMIT2 } from '../permission/forbidden-target'
import { parseFunctionSignature } from '../permission/function-signature'
import { hashTerms } from '../permission/hash-terms'
import { makePermission, type Permission } from '../permission/permission'
import { selectorOf } from '../permission/selector'
import { makeTerms, type SpendLimit, type Terms } from '../permission/terms'
import {
  arbitraryTerms,
  namedAddress,
} from '../permission/test/arbitrary-terms'
import { findOutsidePolicy } from '../permission/within-policy'
import { codeOfContractError } from '../session/contract-error'
import { emptyUsage, type SessionUsage } from '../session/session-usage'
import { decodeOutcome, decodeRejection } from './decode-outcome'
import { evaluateIntent } from './evaluate-intent'
import type { Call } from './intent'
import {
  connectTestChain,
  grantOf,
  manager,
  type Player,
  secp256k1Signer,
  sectionOf,
  signIntent,
  signPlayer,
  type TestChain,
} from './test/chain'
import { compileOnChain, requireWithinOnChain } from './test/terms-compiler'

const ownContracts = [termsCompilerAddress, sessionManagerAddress]

/** `DEEP=1` tries ten times as much, before a release. */
const depth = process.env.DEEP === '1' ? 10 : 1

let anvil: Anvil
let chain: TestChain
/** Contract that takes any call and any value. */
let sink: Address
/** Contracts that answer every question with 0, so that only what calls name is charged. */
let tokens: Address[]

beforeAll(async () => {
  anvil = await startAnvil({ port: await findFreePort() })
  await deployContracts(anvil.url)
  chain = connectTestChain(anvil.url, localAccounts.deployer)
  sink = await chain.deploySink()
  tokens = [await chain.deployZeroToken(), await chain.deployZeroToken()]
})
afterAll(async () => {
  await anvil?.child.stop()
})

// ── Terms that may be wrong ─────────────────────────────────────────────────

const ruleTexts = fc.oneof(
  fc.constantFrom(
    ...['', 'arg', 'arg0', 'arg0 ', 'arg0 =', 'arg00 == 1', 'arg0 == 01'],
    ...['arg0 == -0', 'arg0 == -1', 'arg0 == 256', 'arg0 < 0', 'arg1 == 1'],
    ...['arg31 == 1', 'arg32 == 1', 'arg0 in 5..1', 'arg0 in {}', 'arg0 in {1'],
    ...['arg0 in {1, 2}', 'arg0 in {1,2}', 'arg0 <= 3 ', 'sum(arg0) <= 0'],
    ...[
      'sum(arg0) <= 5 and <= 6 per period',
      'sum(arg1) <= 5',
      'sum(arg0) < 5',
    ],
    ...['sum(arg0) <= 5 and <= 2 per period', 'sum(arg0) <= 5x', 'sum(arg1)'],
    ...['arg1 == true', 'arg1 != 0xdeadbeef', 'arg1 nonsense', 'arg0 in 1..5'],
    ...[
      'arg1 == 0xD8DA6BF26964AF9D7EED9E03E53415D37AA96045',
      'arg0 == 0xABcdef01',
    ],
    `arg0 == ${2n ** 256n}`,
    `arg0 >= ${2n ** 256n - 1n}`,
    `sum(arg0) <= ${2n ** 112n}`,
    `arg0 in {${Array(16).fill('7').join(', ')}}`,
    `arg0 in {${Array(17).fill('7').join(', ')}}`,
  ),
  fc
    .array(
      fc.constantFrom(
        ...['arg', '0', '1', '2', ' ', ' == ', ' in ', '{', '}', ', ', '..'],
        ...['sum(', ')', ' <= ', ' and <= ', ' per period', '-', 'true', '0x'],
      ),
      { maxLength: 7 },
    )
    .map((parts) => parts.join('')),
)
const signatures = fc.oneof(
  fc.constantFrom(
    ...[
      'f()',
      'f(uint)',
      'f(uint8,)',
      'f(bytes33)',
      '1f()',
      'f(()',
      'f(uint8[0])',
    ],
    ...[
      'f(uint8[2][],bool)',
      'f((uint8,(bool,string))[3],int256)',
      'f(function)',
    ],
    ...['transfer(address,uint256)', 'approve(address,uint256)', 'f (uint8)'],
    ...['setApprovalForAll(address,bool)', 'multicall(bytes[])', 'f(uint256'],
    ...['f(uint8[99999999999999999999])', `f(uint8[${10n ** 90n}])`, '(uint8)'],
    ...['f(int24,uint8)', 'f(bytes4,address)', 'f(bool,bytes32)', 'é()'],
    `f(${Array(33).fill('bool').join(',').slice(0, 130)})`,
  ),
  fc
    .array(
      fc.constantFrom(
        ...['(', ')', ',', 'uint8', 'int16', 'bool', '[', ']', '3', '[2]'],
        ...['string', 'bytes', 'address', 'f(', 'bytes4'],
      ),
      { maxLength: 7 },
    )
    .map((parts) => `f(${parts.join('')}`),
)

/** Changes one field to something at the edge, or beyond it. */
const permissionChanges: fc.Arbitrary<Partial<Permission>> = fc.oneof(
  fc.constant({ rules: Array(9).fill('arg0 == 1') }),
  fc.record({ rules: fc.array(ruleTexts, { minLength: 1, maxLength: 1 }) }),
  fc.record({ signature: signatures }),
  fc.record({
    signature: signatures,
    rules: fc.array(ruleTexts, { maxLength: 2 }),
  }),
  fc.record({ maxCalls: fc.constantFrom(0, 1, 524_287, 524_288) }),
  fc.record({ period: fc.constantFrom(0, 59, 60, 2_592_000, 2_592_001) }),
  fc.record({ maxCallsPerPeriod: fc.constantFrom(0, 1, 524_288) }),
  fc.record({ maxValuePerPeriod: fc.constantFrom(0n, 1n, 2n ** 112n - 1n) }),
  fc.record({ maxValue: fc.constantFrom(0n, 1n, 2n ** 112n - 1n) }),
  fc.record({
    to: fc.constantFrom<Address>(
      ...[...ENTRY_POINTS, PERMIT2, ...ownContracts],
      `0x${'00'.repeat(18)}ffff`,
      `0x${'00'.repeat(17)}010000`,
    ),
  }),
)
const spendChanges: fc.Arbitrary<Partial<SpendLimit>> = fc.oneof(
  fc.record({ maxAmount: fc.constantFrom(0n, 1n) }),
  fc.record({ period: fc.constantFrom(0, 59, 60, 2_592_000, 2_592_001) }),
  fc.record({ maxAmountPerPeriod: fc.constantFrom(0n, 1n, 2n ** 112n - 1n) }),
  fc.record({ token: fc.constantFrom(PERMIT2, ...ownContracts) }),
)

type Shape = (permissions: Permission[], spendLimits: SpendLimit[]) => Terms

/** Ways to have too much, or too little, of everything. */
const shapes: Record<string, Shape> = {
  none: (_, spendLimits) => ({ permissions: [], spendLimits }),
  twice: (permissions, spendLimits) => ({
    permissions: [...permissions, ...permissions.slice(0, 1)],
    spendLimits,
  }),
  many: (permissions, spendLimits) => ({
    permissions: [...permissions, ...permissions, ...permissions],
    spendLimits,
  }),
  periods: (permissions, spendLimits) => ({
    permissions: permissions.map((permission) => ({
      ...permission,
      ...{ period: 60, maxCallsPerPeriod: 1 },
      maxValuePerPeriod: permission.maxValue,
    })),
    spendLimits,
  }),
  sums: (permissions, spendLimits) => ({
    permissions: permissions.map((permission) => ({
      ...permission,
      ...{ period: 0, maxCallsPerPeriod: 0, maxValuePerPeriod: 0n },
      rules: permission.signature.startsWith('mint')
        ? Array(8).fill('sum(arg0) <= 9')
        : [],
    })),
    spendLimits,
  }),
  spends: (permissions, spendLimits) => ({
    permissions,
    spendLimits: [...spendLimits, ...spendLimits, ...spendLimits],
  }),
}

/** Terms with up to two changes, which most often make them wrong. */
const anyTerms = fc
  .tuple(
    arbitraryTerms(),
    fc.array(fc.tuple(fc.nat(7), permissionChanges), { maxLength: 2 }),
    fc.array(fc.tuple(fc.nat(1), spendChanges), { maxLength: 1 }),
    fc.constantFrom(...[...Array(6).fill(''), ...Object.keys(shapes)]),
  )
  .map(([terms, changes, spends, shape]): Terms => {
    const permissions = [...terms.permissions]
    for (const [position, change] of changes) {
      const index = position % permissions.length
      permissions[index] = { ...(permissions[index] as Permission), ...change }
    }
    const spendLimits = [...terms.spendLimits]
    for (const [position, change] of spends) {
      const index = position % Math.max(spendLimits.length, 1)
      const limit = spendLimits[index]
      if (limit) spendLimits[index] = { ...limit, ...change }
    }
    return (
      shapes[shape]?.(permissions, spendLimits) ?? { permissions, spendLimits }
    )
  })

describe('terms', () => {
  test(
    'behavior: the contract makes the same table, or gives the same error',
    async () => {
      const seen = new Set<string>()
      const property = fc.asyncProperty(
        fc.array(anyTerms, { minLength: 4, maxLength: 4 }),
        async (samples) => {
          const answers = await Promise.all(
            samples.map((terms) => compileOnChain(chain, terms)),
          )
          samples.forEach((terms, index) => {
            const answer = answers[index]
            const [problem] = checkTerms(terms, { ownContracts })
            const name = problem?.error ?? 'fine'
            seen.add(name)
            if (problem) expect(answer).toBe(problem.error)
            else expect(answer).toEqual([encodeTable(terms), hashTerms(terms)])
          })
        },
      )
      await fc.assert(property, { numRuns: 400 * depth })
      // A test that never meets an error does not compare it.
      expect([...seen]).toEqual(
        expect.arrayContaining([
          ...['DuplicatePermission', 'ForbiddenTarget', 'InvalidCallLimit'],
          ...[
            'InvalidFunctionSignature',
            'InvalidPeriod',
            'InvalidPermissionCount',
          ],
          ...['InvalidRule', 'InvalidSpendLimit', 'InvalidValueLimit'],
          ...['SpendLimitMissing', 'TooManyCounters', 'TooManyRules'],
          ...['TooManyMeters', 'TooManySpendLimits'],
          ...['UnboundedFunction', 'UnsupportedRule', 'fine'],
        ]),
      )
    },
    120_000 * depth,
  )

  test(
    'behavior: the contract finds the same within a policy',
    async () => {
      const pairs = fc.tuple(
        arbitraryTerms(),
        fc.nat(7),
        fc.oneof(
          fc.record({ maxCalls: fc.integer({ min: 1, max: 20 }) }),
          fc.record({ period: fc.constantFrom(60, 120) }),
          fc.record({ maxValue: fc.bigInt(1n, 60n) }),
          fc.constant({ rules: [] }),
          fc.constant({}),
        ),
        fc.constantFrom('own', 'policy'),
        fc.boolean(),
      )
      const seen = new Set<string>()
      const property = fc.asyncProperty(
        pairs,
        async ([terms, position, change, side, dropsSpends]) => {
          const index = position % terms.permissions.length
          const changed: Terms = {
            permissions: terms.permissions.map((permission, at) =>
              at === index ? { ...permission, ...change } : permission,
            ),
            spendLimits: dropsSpends ? [] : terms.spendLimits,
          }
          const [own, policy] =
            side === 'own' ? [changed, terms] : [terms, changed]
          if (checkTerms(own).length + checkTerms(policy).length > 0) return
          const answer = await requireWithinOnChain(chain, own, policy)
          const found = findOutsidePolicy(
            compileTerms(own),
            compileTerms(policy),
          )
          expect(answer).toBe(found?.error ?? 'within')
          seen.add(answer)
        },
      )
      await fc.assert(property, { numRuns: 300 * depth })
      expect(seen.size).toBe(3)
    },
    120_000 * depth,
  )
})

// ── Games ───────────────────────────────────────────────────────────────────

/** An argument word: mostly small, sometimes negative, an address, or anything. */
const words = fc
  .oneof(
    { weight: 12, arbitrary: fc.bigInt(0n, 12n) },
    { weight: 1, arbitrary: fc.bigInt(-9n, -1n) },
    { weight: 1, arbitrary: fc.constantFrom(0xdeadbeefn << 224n, 2n ** 160n) },
    { weight: 1, arbitrary: fc.bigInt(0n, 2n ** 256n - 1n) },
  )
  .map((value) => numberToHex(BigInt.asUintN(256, value), { size: 32 }))

const callArbitrary = fc.record({
  entry: fc.nat(7),
  words: fc.array(words, { minLength: 4, maxLength: 4 }),
  /** Address arguments are the one that rules name. */
  isNamed: fc.boolean(),
  cut: fc.constantFrom(...Array(15).fill(0), 1, 32),
  value: fc.constantFrom(
    ...['none', 'none', 'some'],
    ...Array(8).fill('most'),
    'over',
  ),
})
const stepArbitrary = fc.record({
  calls: fc.array(callArbitrary, { minLength: 1, maxLength: 3 }),
  waitSeconds: fc.constantFrom(1, 1, 1, 2, 20, 58, 59, 60, 61, 130),
})
type StepSeed = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never
type CallSeed = typeof callArbitrary extends fc.Arbitrary<infer T> ? T : never

function valueFor({ value }: CallSeed, permission: Permission): bigint {
  const { maxValuePerCall, maxValue } = permission
  if (maxValue === 0n || value === 'none') return 0n
  if (value === 'over') return maxValuePerCall + 1n
  return value === 'most' ? maxValuePerCall : (maxValuePerCall + 1n) / 2n
}

function callOf(seed: CallSeed, permissions: readonly Permission[]): Call {
  const permission = permissions[seed.entry % permissions.length] as Permission
  const { to, signature } = permission
  const types = parseFunctionSignature(signature)?.words ?? []
  const args = types.map((type, index) =>
    type === 'address' && seed.isNamed
      ? pad(namedAddress)
      : (seed.words[index] as Hex),
  )
  const data = concatHex([selectorOf(signature), ...args])
  const kept = Math.max(size(data) - seed.cut, 4)
  return { to, value: valueFor(seed, permission), data: slice(data, 0, kept) }
}

/** Meters that the table uses. */
function metersOf({ entries, spends }: Table): number[] {
  const ofEntries = entries.flatMap((entry) => [
    ...(entry.maxValue > 0n ? [entry.valueMeter] : []),
    ...entry.rules.flatMap(({ kind }, index) =>
      kind === 'sum' ? [entry.sumMeters[index] ?? 0] : [],
    ),
  ])
  return [...ofEntries, ...spends.map((_, index) => spendMeterOf(index))]
}

async function expectSameMeters(
  { sessionId }: Player,
  table: Table,
  usage: SessionUsage,
): Promise<void> {
  const indexes = metersOf(table)
  const stored = await Promise.all(
    indexes.map((index) =>
      chain.client.readContract({
        ...manager,
        functionName: 'meterOf',
        args: [sessionId, BigInt(index)],
      }),
    ),
  )
  const told = stored.map(([total, window, inWindow]) => ({
    ...{ total, window: Number(window), inWindow },
  }))
  expect(told).toEqual(indexes.map((index) => usage.meters[index]))
}

/** Games that meet what generated ones rarely do. */
function examples(): { terms: Terms; steps: StepSeed[] }[] {
  const token = tokens[0] as Address
  const hourly = { period: 3_600, maxCalls: 9, maxCallsPerPeriod: 9 }
  const mint = makePermission({
    ...{ to: sink, signature: 'mint(uint256)', ...hourly },
    rules: ['sum(arg0) <= 100 and <= 10 per period'],
  })
  const transfer = makePermission({
    ...{ to: token, signature: 'transfer(address,uint256)', ...hourly },
  })
  const limit = { maxAmount: 100n, period: 3_600, maxAmountPerPeriod: 10n }
  const six = numberToHex(6, { size: 32 })
  const step: StepSeed = {
    calls: [
      {
        entry: 0,
        words: Array(4).fill(six),
        isNamed: true,
        cut: 0,
        value: 'none',
      },
    ],
    waitSeconds: 1,
  }
  return [makeTerms([mint]), makeTerms([transfer], [{ token, ...limit }])].map(
    (terms) => ({ terms, steps: [step, step] }),
  )
}

describe('evaluateIntent', () => {
  test(
    'behavior: says and counts what the contract does, over generated terms and games',
    async () => {
      const seen = new Set<string>()
      const games = fc.record({
        terms: arbitraryTerms({ targets: [sink], tokens, maxPermissions: 3 }),
        steps: fc.array(stepArbitrary, { minLength: 4, maxLength: 8 }),
      })
      const property = fc.asyncProperty(games, async ({ terms, steps }) => {
        const signer = secp256k1Signer()
        const start = await chain.chainSeconds()
        const player = await signPlayer(terms, start, { signer, seconds: 600 })
        const { account } = player.session
        const table = compileTerms(terms)
        await chain.client.setBalance({ address: account, value: 2n ** 128n })
        await chain.execute(sectionOf(player, { grant: grantOf(player) }))
        let usage = emptyUsage()
        let sequence = 0
        let nowSeconds = await chain.chainSeconds()
        for (const step of steps) {
          nowSeconds += step.waitSeconds
          const calls = step.calls.map((seed) =>
            callOf(seed, terms.permissions),
          )
          const intent = { calls, sequence, expiry: nowSeconds + 60 }
          const verdict = evaluateIntent({
            session: {
              ...player.session,
              ...{ status: 'active', table, usage },
              nextSequence: () => sequence,
            },
            intent: { account, lane: 0, callGas: 400_000, ...intent },
            ...{ nowSeconds, pausedUntil: 0 },
          })
          const expected = verdict.ok ? 'ok' : verdict.error.code
          seen.add(expected)
          await chain.client.setNextBlockTimestamp({
            timestamp: BigInt(nowSeconds),
          })
          const intents = [await signIntent(player, intent)]
          const [log] = await chain.execute(sectionOf(player, { intents }))
          if (log?.eventName === 'IntentRejected') {
            const { reasonSelector } = decodeRejection(log.args.detail)
            expect(codeOfContractError(reasonSelector)).toBe(expected)
            continue
          }
          if (log?.eventName !== 'IntentExecuted') throw new Error('no answer')
          expect(expected).toBe('ok')
          if (!verdict.ok) continue
          const { isSuccess, counters } = decodeOutcome(log.args.outcome)
          expect(isSuccess).toBe(true)
          usage = verdict.usage
          sequence += 1
          expect(counters).toEqual(usage.cells)
          await expectSameMeters(player, table, usage)
        }
        await expectSameMeters(player, table, usage)
      })
      await fc.assert(property, {
        ...{ numRuns: 160 * depth, endOnFailure: true },
        examples: examples().map((game) => [game]),
      })
      expect([...seen]).toEqual(
        expect.arrayContaining([
          ...['argument_not_allowed', 'argument_period_sum_exceeded'],
          ...['argument_sum_exceeded', 'arguments_too_short'],
          ...['call_limit_exceeded', 'call_period_limit_exceeded', 'ok'],
          ...['value_limit_exceeded', 'value_per_call_exceeded'],
          ...['value_period_limit_exceeded', 'spend_limit_exceeded'],
          'spend_period_limit_exceeded',
        ]),
      )
    },
    180_000 * depth,
  )
})
