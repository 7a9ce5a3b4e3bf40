import { zeroAddress } from 'viem'
import { describe, expect, test } from 'vitest'
import { makePermission } from '@/lib/permission/permission'
import { toPermissionJson } from '@/lib/permission/permission-json'
import { buildPolicy } from '@/lib/policy/build-policy'
import type { PolicyDocument } from '@/lib/policy/policy'
import { computeAccountAddress } from '@/lib/session/account-address'
import type { SessionView } from '@/lib/session/session-view'
import {
  deriveGameState,
  type GameSessionState,
  isExtendable,
  remainingOf,
  type StateInput,
} from './game-session-state'
import { buildGrantPreview } from './grant-preview'

const to = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const permission = toPermissionJson(
  makePermission({ to, signature: 'move(uint8)', maxCalls: 500 }),
)
const hourly = { ...permission, period: 3_600, maxCallsPerPeriod: 30 }
const nothing = { valueWei: '0', valueInPeriodWei: '0', sums: [] }
const spendLimit = {
  ...{ token: to, maxAmount: '5', period: 0, maxAmountPerPeriod: '0' },
}
const action = {
  name: 'Move',
  description: '',
  permission,
  gasLimit: 100_000,
}
const document: PolicyDocument = {
  game: { slug: 'delve', name: 'Delve' },
  studio: { slug: 'lantern', name: 'Lantern' },
  version: 1,
  chainId: 31337,
  actions: [action],
  spendLimits: [],
  maxDurationSeconds: 3_600,
}
const policy = buildPolicy(document, to, [])
const view = {
  status: 'active',
  state: 'active',
  grantError: null,
  policyId: policy.id,
  validAfter: 1_000,
  validUntil: 2_000,
  permissions: [{ ...action, ...nothing, calls: 7, callsInPeriod: 7 }],
} as unknown as SessionView

test.each<[GameSessionState, Partial<SessionView>, boolean, boolean]>([
  ['expiring', {}, true, true],
  ['expired', {}, true, true],
  ['expired', {}, false, false],
  ['expiring', { status: 'pending' }, true, false],
  ['active', {}, true, false],
  ['drifted', {}, true, false],
  ['revoked', { status: 'revoked' }, true, false],
])(
  'param: %s, %o, key here: %s: can be extended: %s',
  (state, change, hasKey, expected) => {
    expect(isExtendable(state, { ...view, ...change }, hasKey)).toBe(expected)
  },
)

describe('deriveGameState', () => {
  const input: StateInput = {
    isReady: true,
    view,
    hasKey: true,
    isRevoking: false,
    policyId: policy.id,
    pausedUntil: 0,
    nowSeconds: 1_500,
  }
  const other = (change: Partial<SessionView>) => ({
    view: { ...view, ...change },
  })

  test.each<[string, Partial<StateInput>]>([
    ['active', {}],
    ['loading', { isReady: false }],
    ['none', { view: null }],
    ['none', other({ grantError: 'invalid_signature' })],
    ['pending', other({ status: 'pending' })],
    ['expiring', { nowSeconds: 1_950 }],
    ['expired', { nowSeconds: 2_000, hasKey: false }],
    ['orphaned', { hasKey: false }],
    ['paused', { pausedUntil: 1_501 }],
    ['drifted', { policyId: 'newer' }],
    ['revoking', { isRevoking: true }],
    ['revoking', other({ state: 'revoked' })],
    ['revoked', { ...other({ status: 'revoked' }), hasKey: false }],
  ])('param: %s for %o', (state, change) => {
    expect(deriveGameState({ ...input, ...change })).toBe(state)
  })
})

describe('remainingOf', () => {
  test('behavior: optimistic use first, the chain else', () => {
    const used = [{ ...nothing, calls: 20, callsInPeriod: 20 }]
    expect(remainingOf(policy, view, used)[0]?.calls).toBe(480)
    expect(remainingOf(policy, view, null)[0]?.calls).toBe(493)
    expect(remainingOf(policy, null, null)).toEqual([])
  })

  test('behavior: an action that the session does not have is used up', () => {
    const older = { ...view, permissions: [] }
    expect(remainingOf(policy, older, null)).toEqual([
      { calls: 0, callsInPeriod: null, valueWei: '0' },
    ])
  })

  test.each([
    { calls: 40, callsInPeriod: 12, left: { calls: 460, callsInPeriod: 18 } },
    { calls: 490, callsInPeriod: 12, left: { calls: 10, callsInPeriod: 10 } },
  ])('behavior: a limit per period: %o', ({ left, ...used }) => {
    const slow = {
      ...view,
      permissions: [{ ...action, ...nothing, ...used, permission: hourly }],
    }
    expect(remainingOf(policy, slow, null)[0]).toMatchObject(left)
  })
})

describe('buildGrantPreview', () => {
  const owner = zeroAddress
  const key = { scheme: 'p256', publicKey: `0x${'ab'.repeat(64)}` } as const
  const session = {
    account: computeAccountAddress(to, owner),
    policyId: policy.id,
    key,
    validAfter: 1_000,
    validUntil: 4_600,
    epoch: 0,
    grantDeadline: 1_900,
    terms: { permissions: [permission], spendLimits: [] },
  }
  const preview = (change: object) =>
    buildGrantPreview({
      proposal: {
        session: { ...session, ...change },
        owner,
      },
      key,
      policy,
      durationSeconds: 3_600,
      domain: { chainId: 31337, sessionManager: to },
      ...{ factory: to, ownerAddress: owner },
      nowSeconds: 1_000,
    })

  test('behavior: shows what is signed', () => {
    const { description, typedData } = preview({})
    expect(description.sentences[0]?.title).toBe('Move')
    expect(typedData.message.terms.permissions[0]?.maxCalls).toBe(500)
  })

  test.each([
    ...[
      { permissions: [{ ...permission, maxCalls: 501 }], spendLimits: [] },
      { permissions: [hourly], spendLimits: [] },
      {
        permissions: [{ ...permission, rules: ['arg0 <= 3'] }],
        spendLimits: [],
      },
      { permissions: [permission], spendLimits: [spendLimit] },
      { permissions: [], spendLimits: [] },
    ].map((terms) => ({ terms })),
    { validUntil: 4_601 },
    { account: to },
    { policyId: `0x${'00'.repeat(32)}` },
    { key: { ...key, publicKey: `0x${'cd'.repeat(64)}` } },
  ])('error: the server proposes something else: %o', (change) => {
    expect(() => preview(change)).toThrow('more than the game may ask for')
  })
})
