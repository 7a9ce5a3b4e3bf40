import { zeroAddress } from 'viem'
import { expect, test } from 'vitest'
import { makePermission } from '@/lib/permission/permission'
import { makeTerms } from '@/lib/permission/terms'
import { toTermsJson } from '@/lib/permission/terms-json'
import type { SessionJson } from '@/lib/session/session'
import { buildRenewalPreview } from './renewal-preview'
import type { SessionRecord } from './session-record'

const to = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const terms = toTermsJson(
  makeTerms([makePermission({ to, signature: 'move(uint8)', maxCalls: 500 })]),
)
const signed: SessionJson = {
  account: to,
  policyId: `0x${'11'.repeat(32)}`,
  key: { scheme: 'p256', publicKey: `0x${'ab'.repeat(64)}` },
  ...{ validAfter: 1_000, validUntil: 4_600, epoch: 0, grantDeadline: 1_900 },
  terms,
}

/** What is shown at second 3,000 for an hour more, when the server proposes `change`. */
function preview(change: Partial<SessionJson>) {
  const later = { validUntil: 6_600, grantDeadline: 3_900 }
  return buildRenewalPreview({
    proposal: {
      session: { ...signed, ...later, ...change },
      owner: zeroAddress,
    },
    record: { session: signed } as SessionRecord,
    view: { permissions: [] },
    durationSeconds: 3_600,
    domain: { chainId: 31337, sessionManager: to },
    ...{ ownerAddress: zeroAddress, nowSeconds: 3_000 },
  })
}

test('behavior: shows what is signed: the same session with a later end', () => {
  const { session, typedData, description } = preview({})
  expect(session).toMatchObject({ validAfter: 1_000, validUntil: 6_600 })
  expect(typedData.message.validUntil).toBe(6_600)
  expect(description.worstCase).toContain('at most 500 moves')
})

// Guarantee: whatever the server answers, an extension never gives another key, other terms or more time.
test.each<Partial<SessionJson>>([
  { validUntil: 4_600 },
  { validUntil: 6_631 },
  { validAfter: 1_001 },
  { epoch: 1 },
  { account: zeroAddress },
  { key: { scheme: 'p256', publicKey: `0x${'cd'.repeat(64)}` } },
  { policyId: `0x${'22'.repeat(32)}` },
  {
    terms: toTermsJson(
      makeTerms([
        makePermission({ to, signature: 'move(uint8)', maxCalls: 501 }),
      ]),
    ),
  },
])('error: the server proposes something else: %o', (change) => {
  expect(() => preview(change)).toThrow('more than the game may ask for')
})
