import { keccak256, toHex, zeroAddress } from 'viem'
import { describe, expect, test } from 'vitest'
import { fromPermissionJson } from '../permission/permission-json'
import { assertPolicyIntegrity, buildPolicy } from './build-policy'
import { blockedFunctions } from './dangerous-selectors'
import { diffPolicies } from './diff-policies'
import { ENTRY_POINTS, lintPolicy } from './lint-policy'
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
  permission: {
    to: game,
    signature: 'move(uint8)',
    maxCalls: 500,
    maxValuePerCall: '0',
    maxValue: '0',
  },
  gasLimit: 100_000,
}
const document: PolicyDocument = {
  game: { slug: 'delve', name: 'Delve' },
  studio: { slug: 'lantern', name: 'Lantern Games' },
  version: 1,
  chainId: 31337,
  actions: [move],
  maxDurationSeconds: 86_400,
}

function action(change: Partial<GameActionJson['permission']>): GameAction {
  return {
    ...move,
    permission: fromPermissionJson({ ...move.permission, ...change }),
  }
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
      permissionsHash: policy.permissionsHash,
      documentHash: policy.documentHash,
    } as const
    const ids = [
      base,
      { ...base, owner: game } as const,
      { ...base, revokers: [] },
      { ...base, revokers: [sessionManager, owner] as const },
      { ...base, maxDurationSeconds: 86_401 },
      { ...base, permissionsHash: base.documentHash },
      { ...base, documentHash: base.permissionsHash },
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
    expect(
      policyDocumentSchema.safeParse({ ...document, extra: 1 }).success,
    ).toBe(false)
  })
})

describe('lintPolicy', () => {
  test('behavior: finds nothing in a plain game', () => {
    expect(lintPolicy([action({})], { sessionManager })).toEqual([])
  })

  test.each(blockedFunctions.map((entry) => entry.signature))(
    'error: blocks %s',
    (signature) => {
      const findings = lintPolicy([action({ signature })], { sessionManager })
      expect(findings[0]).toMatchObject({
        level: 'block',
        field: 'actions.0.permission.signature',
      })
    },
  )

  test('error: a harmless name with a dangerous selector', () => {
    // transfer(address,uint256) has a well-known twin.
    const signature = 'many_msg_babbage(bytes1)'
    const [finding] = lintPolicy([action({ signature })], { sessionManager })
    expect(finding?.level).toBe('block')
    expect(finding?.message).toContain('transfer(address,uint256)')
  })

  test.each([
    zeroAddress,
    '0x0000000000000000000000000000000000000100',
    sessionManager,
    ...ENTRY_POINTS,
  ] as const)('error: blocks target %s', (to) => {
    const [finding] = lintPolicy([action({ to })], { sessionManager })
    expect(finding).toMatchObject({
      level: 'block',
      field: 'actions.0.permission.to',
    })
  })

  test('behavior: warns about proxies, money and long sessions', () => {
    const findings = lintPolicy(
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
    const findings = lintPolicy([action({}), action({})], {
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
    const newer = {
      actions: [{ ...move, permission }, mint],
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
})
