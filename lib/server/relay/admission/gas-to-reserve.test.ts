import fc from 'fast-check'
import { type Hex, toHex, zeroAddress } from 'viem'
import { expect, test } from 'vitest'
import { gasOfBundle } from '../bundle/pack-bundle'
import type { QueuedIntent } from '../bundle/read-queue'
import { gasToReserve } from './gas-to-reserve'

const bytesOf = (max: number) =>
  fc.integer({ min: 1, max }).map((size): Hex => `0x${'11'.repeat(size)}`)

const intents = fc
  .record({
    session: fc.integer({ min: 0, max: 3 }),
    callGas: fc.integer({ min: 5_000, max: 8_000_000 }),
    calls: fc.integer({ min: 1, max: 32 }),
    meters: fc.integer({ min: 0, max: 8 }),
    packed: bytesOf(400),
    table: fc.constantFrom<Hex>('0x01', '0x2211', `0x41${'22'.repeat(300)}`),
    grantGas: fc.option(fc.integer({ min: 300_000, max: 900_000 })),
  })
  .map(
    ({ session, grantGas, ...shape }): QueuedIntent => ({
      id: '0x',
      sessionId: toHex(session),
      ...{ lane: 0, sequence: 0, expiry: 1, suspicion: 0, policyId: '0x00' },
      ...{ account: zeroAddress, epoch: 0, obstacle: null, gas: 0 },
      key: { scheme: 'secp256k1', publicKey: zeroAddress },
      grant:
        grantGas === null ? null : { size: 700, gas: grantGas, reserve: 0 },
      ...shape,
    }),
  )

// Guarantee: no share of a bundle is more than what was reserved, so no budget is overspent.
test('security: whatever travels together, the bundle brings no more gas than its intents have reserved', () => {
  fc.assert(
    fc.property(
      fc.array(intents, { minLength: 1, maxLength: 12 }),
      (bundle) => {
        const reserved = bundle.reduce(
          (sum, intent) => sum + gasToReserve(intent, intent.grant).gas,
          0,
        )
        expect(Number(gasOfBundle(bundle))).toBeLessThanOrEqual(reserved)
      },
    ),
  )
})

test('param: an intent is heavy when its own gas is above two million', () => {
  const shape = { calls: 1, meters: 0, packed: '0x', table: '0x' } as const
  const isHeavy = (callGas: number) =>
    gasToReserve({ ...shape, callGas }, { size: 9_000, gas: 5_000_000 }).isHeavy
  expect([120_000, 1_800_000, 1_900_000].map(isHeavy)).toEqual([
    ...[false, false, true],
  ])
})
