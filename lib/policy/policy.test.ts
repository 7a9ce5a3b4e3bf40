import { type Address, keccak256, toHex, zeroAddress } from 'viem'
import { describe, expect, test } from 'vitest'
import { ENTRY_POINTS, PERMIT2 } from '../permission/forbidden-target'
import { makePermission } from '../permission/permission'
import {
  fromPermissionJson,
  toPermissionJson,
} from '../permission/permission-json'
import type { SpendLimit } from '../permission/terms'
import { assertPolicyIntegrity, buildPolicy } from './build-policy'
import { blockedFunctions, handoverFunctions } from './dangerous-selectors'
import { diffPolicies } from './diff-policies'
import { gameActionInputSchema } from './game-action-input-schema'
import { type LintContext, lintPolicy } from './lint-policy'
import type { GameAction, GameActionJson, PolicyDocument } from './policy'
import { canonicalize, hashPolicyDocument } from './policy-document'
import { computePolicyId } from './policy-id'
import { policyDocumentSchema, policySchema } from './policy-schema'

const game = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const owner = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const sessionManager = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'

const move: GameActionJson = {
  name: 'Move',
  description: 'Walk one step',
  permission: toPermissionJson(
    makePermission({ to: game, signature: 'move(uint8)', maxCalls: 500 }),
  ),
  gasLimit: 100_000,
}
const document: PolicyDocument = {
  game: { slug: 'delve', name: 'Delve' },
  studio: { slug: 'lantern', name: 'Lantern Games' },
  version: 1,
  chainId: 31337,
  actions: [move],
  spendLimits: [],
  maxDurationSeconds: 86_400,
}

function action(change: Partial<GameActionJson['permission']>): GameAction {
  return {
    ...move,
    permission: fromPermissionJson({ ...move.permission, ...change }),
  }
}

function lint(actions: GameAction[], context: LintContext) {
  return lintPolicy({ actions, spendLimits: [] }, context)
}

describe('canonicalize', () => {
  test('behavior: key order and white space do not matter', () => {
    const shuffled = JSON.parse(
      JSON.stringify(Object.fromEntries(Object.entries(document).reverse())),
    )
    expect(canonicalize(shuffled)).toBe(canonicalize(document))
    expect(hashPolicyDocument(document)).toBe(
      keccak256(toHex(canonicalize(document))),
    )
    expect(JSON.parse(canonicalize(document))).toEqual(document)
  })

  test('behavior: any change changes the hash', () => {
    expect(hashPolicyDocument({ ...document, version: 2 })).not.toBe(
      hashPolicyDocument(document),
    )
  })
})

describe('computePolicyId', () => {
  test('behavior: commits to every field', () => {
    const policy = buildPolicy(document, owner, [sessionManager])
    const base = {
      owner,
      revokers: [sessionManager],
      maxDurationSeconds: 86_400,
      termsHash: policy.termsHash,
      documentHash: policy.documentHash,
    } as const
    const ids = [
      base,
      { ...base, owner: game } as const,
      { ...base, revokers: [] },
      { ...base, revokers: [sessionManager, owner] as const },
      { ...base, maxDurationSeconds: 86_401 },
      { ...base, termsHash: base.documentHash },
      { ...base, documentHash: base.termsHash },
    ].map(computePolicyId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids[0]).toBe(policy.id)
  })

  test('error: a policy that was altered on the way', () => {
    const policy = buildPolicy(document, owner, [sessionManager])
    expect(() => assertPolicyIntegrity(policy)).not.toThrow()
    const altered = structuredClone(policy)
    const first = altered.document.actions[0] as GameActionJson
    first.name = 'Something harmless'
    expect(() => assertPolicyIntegrity(altered)).toThrow('permissions')
    expect(() => assertPolicyIntegrity({ ...policy, revokers: [] })).toThrow()
  })
})

describe('policySchema', () => {
  test('behavior: a built policy parses', () => {
    const policy = buildPolicy(document, owner, [sessionManager])
    expect(policySchema.parse(policy)).toEqual(policy)
  })

  test.each([
    ['a hidden character', { ...move, name: 'Mo\u202eve' }, 'name'],
    ['an empty name', { ...move, name: '  ' }, 'name'],
    ['a long text', { ...move, description: 'x'.repeat(161) }, 'description'],
    ['too little gas', { ...move, gasLimit: 20_999 }, 'gasLimit'],
  ])('error: %s', (_, changed, field) => {
    const result = policyDocumentSchema.safeParse({
      ...document,
      actions: [changed],
    })
    expect(result.error?.issues[0]?.path).toEqual(['actions', 0, field])
  })

  test('error: the same function twice, unknown keys', () => {
    const twice = { ...document, actions: [move, { ...move, name: 'Other' }] }
    expect(
      policyDocumentSchema.safeParse(twice).error?.issues[0]?.path,
    ).toEqual(['actions', 1, 'permission', 'signature'])
    const token = { ...move.permission, signature: 'transfer(address,uint256)' }
    const unlimited = { ...document, actions: [{ ...move, permission: token }] }
    expect(
      policyDocumentSchema.safeParse(unlimited).error?.issues[0]?.path,
    ).toEqual(['actions', 0, 'permission', 'signature'])
    expect(
      policyDocumentSchema.safeParse({ ...document, extra: 1 }).success,
    ).toBe(false)
  })
})

describe('lintPolicy', () => {
  test('behavior: finds nothing in a plain game', () => {
    expect(lint([action({})], { sessionManager })).toEqual([])
  })

  test.each(blockedFunctions.map((entry) => entry.signature))(
    'error: blocks %s',
    (signature) => {
      const findings = lint([action({ signature })], { sessionManager })
      expect(findings[0]).toMatchObject({
        level: 'block',
        field: 'actions.0.permission.signature',
      })
    },
  )

  test('error: a harmless name with a dangerous selector', () => {
    // transfer(address,uint256) has a well-known twin.
    const signature = 'many_msg_babbage(bytes1)'
    const [finding] = lint([action({ signature })], { sessionManager })
    expect(finding?.level).toBe('block')
    expect(finding?.message).toContain('transfer(address,uint256)')
  })

  test.each([
    zeroAddress,
    '0x0000000000000000000000000000000000000100',
    sessionManager,
    ...ENTRY_POINTS,
    PERMIT2,
  ] as const)('error: blocks target %s', (to) => {
    const [finding] = lint([action({ to })], { sessionManager })
    expect(finding).toMatchObject({
      level: 'block',
      field: 'actions.0.permission.to',
    })
  })

  test('error: an address of the deployment is called by its name', () => {
    const said = (to: Address) =>
      lint([action({ to })], {
        ...{ sessionManager, forbiddenTargets: [owner] },
        targetsWithCode: [],
      })[0]?.message
    expect(said(owner)).toBe('belongs to Playkey itself')
    expect(said(sessionManager)).toBe('belongs to Playkey itself')
    expect(said(ENTRY_POINTS[0] as Address)).toBe('controls players’ accounts')
  })

  test('behavior: warns about proxies, money and long sessions', () => {
    const findings = lint(
      [
        action({
          maxCalls: 200_000,
          maxValue: '1000000000000000000',
          maxValuePerCall: '1',
        }),
      ],
      {
        sessionManager,
        proxyTargets: [game],
        targetsWithCode: [game],
        maxDurationSeconds: 604_801,
      },
    )
    expect(findings.map((finding) => finding.level)).toEqual(
      Array(4).fill('warn'),
    )
  })

  test('error: not in the ABI, no code, listed twice', () => {
    const findings = lint([action({}), action({})], {
      sessionManager,
      targetsWithCode: [],
      abiSignatures: { [game]: ['mint(uint256)'] },
    })
    expect(findings.map((finding) => finding.message)).toEqual(
      expect.arrayContaining([
        'has no code: it is not a contract on this chain',
        'is not a function of this contract',
        'is listed twice for the same contract',
      ]),
    )
  })
})

describe('lintPolicy of tokens and receivers', () => {
  const transfer = action({
    signature: 'transfer(address,uint256)',
    rules: [`arg0 == ${owner}`],
  })
  const limit: SpendLimit = {
    ...{ token: game, maxAmount: 5n, period: 0, maxAmountPerPeriod: 0n },
  }

  test('error: a token function without a spend limit', () => {
    expect(lint([transfer], { sessionManager })).toEqual([
      {
        level: 'block',
        field: 'actions.0.permission.signature',
        message: 'moves tokens and needs a spend limit for its contract',
      },
    ])
    const policy = { actions: [transfer], spendLimits: [limit] }
    expect(lintPolicy(policy, { sessionManager })).toEqual([])
  })

  test('behavior: warns about an address that no rule limits', () => {
    const open = action({ signature: 'give(address,uint8)' })
    const ordered = action({
      signature: 'give(address,uint8)',
      rules: [`arg0 != ${owner}`],
    })
    for (const sample of [open, ordered]) {
      expect(lint([sample], { sessionManager })).toMatchObject([
        { level: 'warn', field: 'actions.0.permission.rules' },
      ])
    }
  })

  test.each(Object.entries(handoverFunctions))(
    'error: %s to anyone; not to someone who is named',
    (signature, word) => {
      const open = lint([action({ signature })], { sessionManager })
      expect(open.filter(({ level }) => level === 'block')).toMatchObject([
        { field: 'actions.0.permission.rules' },
      ])
      const rules = [`arg${word} in {${owner}}`]
      const pinned = lint([action({ signature, rules })], { sessionManager })
      expect(pinned.filter(({ level }) => level === 'block')).toEqual([])
    },
  )

  test('error: what the contract would refuse, at its field', () => {
    const findings = lintPolicy(
      {
        actions: [action({ rules: ['arg0 < 0'], period: 7 })],
        spendLimits: [limit, { ...limit, token: zeroAddress }],
      },
      { sessionManager, targetsWithCode: [game] },
    )
    expect(findings.map(({ level, field }) => `${level} ${field}`)).toEqual([
      'block actions.0.permission.period',
      'block actions.0.permission.rules.0',
      'block spendLimits.1.token',
      'block spendLimits.1.token',
    ])
  })

  test('behavior: warns about a period that never comes round', () => {
    const slow = action({ period: 3_600, maxCallsPerPeriod: 1 })
    expect(
      lint([slow], { sessionManager, maxDurationSeconds: 60 }),
    ).toMatchObject([{ field: 'actions.0.permission.period' }])
  })
})

describe('gameActionInputSchema', () => {
  const { permission, ...words } = move
  const { to: contract, ...limits } = permission

  test('behavior: a form without the newer fields is complete', () => {
    const { signature, maxCalls, maxValuePerCall, maxValue } = limits
    const old = { signature, maxCalls, maxValuePerCall, maxValue }
    expect(gameActionInputSchema.parse({ ...words, ...old, contract })).toEqual(
      move,
    )
  })

  test('error: problems are at the form’s fields', () => {
    const parse = (change: object) =>
      gameActionInputSchema
        .safeParse({ ...words, ...limits, contract, ...change })
        .error?.issues.map(({ path }) => path.join('.'))
    expect(parse({ contract: '0x12' })).toEqual(['contract'])
    expect(parse({ rules: ['arg0 is 3'] })).toEqual(['rules.0'])
    expect(parse({ period: 30, maxCallsPerPeriod: 1 })).toEqual(['period'])
  })
})

describe('diffPolicies', () => {
  test('behavior: nothing changed', () => {
    expect(diffPolicies(document, document)).toEqual([])
  })

  test('behavior: a relabelled function is the same function', () => {
    const newer = { ...document, actions: [{ ...move, name: 'Step' }] }
    expect(diffPolicies(document, newer)).toEqual([
      {
        kind: 'changed',
        name: 'Step',
        changes: [{ field: 'Name', from: 'Move', to: 'Step' }],
        widens: false,
      },
    ])
  })

  test('behavior: tells wider from narrower', () => {
    const permission = { ...move.permission, maxCalls: 1_000 }
    const mint = {
      ...move,
      permission: { ...move.permission, signature: 'mint(uint256)' },
    }
    const newer: Parameters<typeof diffPolicies>[0] = {
      actions: [{ ...move, permission }, mint],
      spendLimits: [],
      maxDurationSeconds: 3_600,
    }
    const summary = (from: typeof newer, to: typeof newer) =>
      diffPolicies(from, to).map(({ kind, widens }) => `${kind}:${widens}`)
    expect(summary(document, newer)).toEqual([
      'changed:true',
      'added:true',
      'changed:false',
    ])
    expect(summary(newer, document)).toEqual([
      'changed:false',
      'removed:false',
      'changed:true',
    ])
  })

  test('behavior: rules, periods and spend limits', () => {
    const change = (fields: Partial<GameActionJson['permission']>) => ({
      ...document,
      actions: [{ ...move, permission: { ...move.permission, ...fields } }],
    })
    const ruled = change({ rules: ['arg0 <= 3'] })
    expect(diffPolicies(document, ruled)).toEqual([
      {
        kind: 'changed',
        name: 'Move',
        changes: [{ field: 'Rules', from: 'none', to: 'arg0 <= 3' }],
        widens: false,
      },
    ])
    expect(diffPolicies(ruled, document)[0]?.widens).toBe(true)
    const daily = change({ period: 86_400, maxCallsPerPeriod: 9 })
    expect(diffPolicies(document, daily)[0]).toMatchObject({
      changes: [{ field: 'Calls per period', from: 'none', to: '9 every day' }],
      widens: false,
    })
    const spend = { token: game, maxAmount: '5', period: 0 } as const
    const limited = {
      ...document,
      spendLimits: [{ ...spend, maxAmountPerPeriod: '0' }],
    }
    expect(diffPolicies(document, limited)).toEqual([
      {
        kind: 'added',
        name: 'Spending of 0xd8dA…6045',
        changes: [
          { field: 'Per session', from: '', to: '5 units' },
          { field: 'Per period', from: '', to: 'none' },
        ],
        widens: false,
      },
    ])
    expect(diffPolicies(limited, document)[0]?.widens).toBe(true)
  })
})
