import fc from 'fast-check'
import { type Address, zeroAddress } from 'viem'
import { expect, test } from 'vitest'
import { evaluateIntent } from '@/lib/intent/evaluate-intent'
import { compileTerms } from '@/lib/permission/compile-terms'
import { encodeCall } from '@/lib/permission/function-signature'
import { makePermission } from '@/lib/permission/permission'
import { makeTerms } from '@/lib/permission/terms'
import {
  emptyUsage,
  permissionUsageOf,
  type SessionUsage,
  spendUsageOf,
} from '@/lib/session/session-usage'
import { type Charges, chargesBetween, withReserved } from './reserve-usage'

const SHOP: Address = '0x5000000000000000000000000000000000000005'
const TOKEN: Address = '0x7000000000000000000000000000000000000007'
const PERIOD = 60

const pay = makePermission({
  ...{ to: SHOP, signature: 'pay(uint256)', maxCalls: 12, period: PERIOD },
  ...{ maxCallsPerPeriod: 5, maxValuePerCall: 9n, maxValue: 40n },
  ...{ maxValuePerPeriod: 20n },
  rules: ['arg0 <= 50', 'sum(arg0) <= 200 and <= 90 per period'],
})
const transfer = makePermission({
  ...{ to: TOKEN, signature: 'transfer(address,uint256)', maxCalls: 9 },
})
const table = compileTerms(
  makeTerms(
    [pay, transfer],
    [
      {
        ...{ token: TOKEN, maxAmount: 120n },
        ...{ period: 2 * PERIOD, maxAmountPerPeriod: 70n },
      },
    ],
  ),
)

const callArbitrary = fc.oneof(
  fc.record({ amount: fc.nat(60), value: fc.nat(10) }).map((call) => ({
    to: SHOP,
    value: BigInt(call.value),
    data: encodeCall(pay.signature, [call.amount]),
  })),
  fc.nat(60).map((amount) => ({
    to: TOKEN,
    value: 0n,
    data: encodeCall(transfer.signature, [zeroAddress, amount]),
  })),
)
const intentsArbitrary = fc.array(
  fc.array(callArbitrary, { minLength: 1, maxLength: 3 }),
  { maxLength: 8 },
)

/** The usage after an intent, or null when it is refused. */
function judge(
  usage: SessionUsage,
  calls: { to: Address; value: bigint; data: `0x${string}` }[],
  nowSeconds: number,
): SessionUsage | null {
  const verdict = evaluateIntent({
    session: {
      ...{ status: 'active', validAfter: 0, validUntil: 10_000, table, usage },
      nextSequence: () => 0,
    },
    intent: {
      ...{ account: zeroAddress, lane: 0, sequence: 0, calls },
      ...{ expiry: nowSeconds + 60, callGas: 100_000 },
    },
    ...{ nowSeconds, pausedUntil: 0 },
  })
  return verdict.ok ? verdict.usage : null
}

test('behavior: what is reserved counts as if it had happened now, and is refused exactly then', () => {
  const property = fc.property(
    ...([intentsArbitrary, intentsArbitrary, fc.nat(200)] as const),
    (done, waiting, nowSeconds) => {
      let onChain = emptyUsage()
      for (const calls of done) onChain = judge(onChain, calls, 0) ?? onChain
      const clock = { nowSeconds, validAfter: 0 }
      const reserved: Charges[] = []
      let all = onChain
      for (const calls of waiting) {
        const before = withReserved(table, onChain, reserved, clock)
        const after = judge(before, calls, nowSeconds)
        const next = judge(all, calls, nowSeconds)
        expect(after === null).toBe(next === null)
        if (after === null || next === null) continue
        reserved.push(chargesBetween(table, before, after))
        all = next
      }
      const view = (usage: SessionUsage) => [
        permissionUsageOf(table, usage, clock),
        spendUsageOf(table, usage, clock),
      ]
      expect(view(withReserved(table, onChain, reserved, clock))).toEqual(
        view(all),
      )
    },
  )
  fc.assert(property, { numRuns: 300 })
})
