import { type Address, zeroAddress, zeroHash } from 'viem'
import { expect, test } from 'vitest'
import type { Intent } from '@/lib/intent/intent'
import { compileTerms } from '@/lib/permission/compile-terms'
import { encodeCall } from '@/lib/permission/function-signature'
import { makePermission } from '@/lib/permission/permission'
import { makeTerms } from '@/lib/permission/terms'
import { emptyUsage, type SessionUsage } from '@/lib/session/session-usage'
import type { AdmissionFacts } from './admission-facts'
import { assertAllowed } from './assert-allowed'

const GAME: Address = '0x5000000000000000000000000000000000000005'
const terms = makeTerms([
  makePermission({
    ...{ to: GAME, signature: 'play()', maxCalls: 9 },
    ...{ period: 60, maxCallsPerPeriod: 2 },
  }),
])

/** A session from 1,000 on, with two calls in the first period. @param window Period that the chain counted last. */
function answerAt(nowSeconds: number, window = 0): string {
  const usage: SessionUsage = {
    ...emptyUsage(),
    cells: [2, window, window === 0 ? 2 : 1, 0, 0, 0, 0, 0],
  }
  const facts: AdmissionFacts = {
    account: zeroAddress,
    key: { scheme: 'secp256k1', publicKey: zeroAddress },
    ...{ packedTable: '0x', meters: 0, lanes: new Map(), budgets: [] },
    session: {
      ...{ status: 'active', validAfter: 1_000, validUntil: 9_000, usage },
      table: compileTerms(terms),
      nextSequence: () => 0,
    },
    usageAt: () => usage,
    ...{ pending: [], reserved: [], grant: null, revocation: null },
    ...{ epoch: 0, pausedUntil: 0, nowSeconds, aheadSeconds: 0 },
    admitVersion: 0,
  }
  const intent: Intent = {
    ...{ account: zeroAddress, sessionId: zeroHash, lane: 0, sequence: 0 },
    ...{ expiry: nowSeconds + 60, callGas: 100_000 },
    calls: [{ to: GAME, value: 0n, data: encodeCall('play()', []) }],
  }
  try {
    assertAllowed(facts, intent)
    return 'allowed'
  } catch (error) {
    return (error as { code: string }).code
  }
}

test('behavior: the next period counts from when blocks surely belong to it, or are known to', () => {
  const full = 'call_period_limit_exceeded'
  expect(answerAt(1_059)).toBe(full)
  expect(answerAt(1_060)).toBe(full)
  expect(answerAt(1_061)).toBe(full)
  expect(answerAt(1_062)).toBe('allowed')
  expect(answerAt(1_060, 1)).toBe('allowed')
})

test('behavior: where nothing is used up, the turn of a period holds nobody up', () => {
  expect(answerAt(1_120, 1)).toBe('allowed')
  expect(answerAt(1_000, 9)).toBe('allowed')
})
