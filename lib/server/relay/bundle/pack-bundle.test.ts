import fc from 'fast-check'
import { size, toHex, zeroAddress } from 'viem'
import { describe, expect, test } from 'vitest'
import { BUNDLE_BYTES_MAX, BUNDLE_GAS_MAX, packBundle } from './pack-bundle'
import type { QueuedIntent } from './read-queue'

const grant = { size: 900, gas: 400_000, reserve: 600_000 }

function intent(changes: Partial<QueuedIntent>): QueuedIntent {
  return {
    id: toHex(Math.random().toString(), { size: 32 }),
    sessionId: '0x01',
    ...{ lane: 0, sequence: 0, callGas: 120_000, expiry: 1, gas: 0 },
    suspicion: 0,
    ...{ packed: '0x', policyId: '0x00', table: '0x', calls: 1, meters: 0 },
    ...{ account: zeroAddress, epoch: 0, grant: null, obstacle: null },
    key: { scheme: 'secp256k1', publicKey: zeroAddress },
    ...changes,
  }
}

const queues = fc
  .array(
    fc.record({
      session: fc.integer({ min: 0, max: 5 }),
      callGas: fc.integer({ min: 5_000, max: 8_000_000 }),
      isPending: fc.boolean(),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((entries) => {
    const next = new Map<number, number>()
    return entries.map(({ session, callGas, isPending }) => {
      const sequence = next.get(session) ?? 0
      next.set(session, sequence + 1)
      const sessionId = toHex(session)
      return intent({
        ...{ sessionId, sequence, callGas },
        grant: isPending ? grant : null,
      })
    })
  })

describe('packBundle', () => {
  test('behavior: within the gas, never empty, and no lane is ever out of order', () => {
    fc.assert(
      fc.property(queues, (queue) => {
        const { intents, gas } = packBundle(queue)
        expect(intents.length).toBeGreaterThan(0)
        if (intents.length > 1) expect(gas).toBeLessThanOrEqual(BUNDLE_GAS_MAX)
        expect(gas).toBeLessThanOrEqual(16_777_216n)
        const next = new Map<string, number>()
        for (const { sessionId, sequence } of intents) {
          expect(sequence).toBe(next.get(sessionId) ?? 0)
          next.set(sessionId, sequence + 1)
        }
      }),
    )
  })

  test('security: whatever is in the bytes, a node takes the transaction: it pays their floor and is no larger than allowed', () => {
    const sizes = fc.array(fc.integer({ min: 200, max: 34_000 }), {
      minLength: 1,
      maxLength: 60,
    })
    fc.assert(
      fc.property(sizes, (lengths) => {
        const queue = lengths.map((length, at) =>
          intent({
            sessionId: toHex(at),
            callGas: 5_000,
            packed: `0x${'ff'.repeat(length)}`,
          }),
        )
        const { intents, gas } = packBundle(queue)
        const bytes = intents.reduce((sum, { packed }) => sum + size(packed), 0)
        expect(gas).toBeGreaterThanOrEqual(21_000n + 40n * BigInt(bytes))
        expect(bytes).toBeLessThanOrEqual(BUNDLE_BYTES_MAX)
        expect(gas).toBeLessThanOrEqual(16_777_216n)
      }),
    )
  })

  test('behavior: a suspect travels alone, and others do not wait for one that is younger', () => {
    const [suspect, healthy] = [
      intent({ sessionId: '0x0a', suspicion: 1 }),
      intent({ sessionId: '0x0b' }),
    ]
    expect(packBundle([suspect, healthy]).intents).toEqual([suspect])
    expect(packBundle([healthy, suspect]).intents).toEqual([healthy])
  })

  test('behavior: of two for one place one travels, the older, and what comes after them waits', () => {
    const at = (sequence: number) => intent({ sessionId: '0x0a', sequence })
    const [first, rival, next] = [at(5), at(5), at(6)]
    const other = intent({ sessionId: '0x0b', sequence: 5 })
    const { intents } = packBundle([first, rival, next, other])
    expect(intents).toEqual([first, other])
    expect(packBundle([rival, next]).intents).toEqual([rival, next])
  })

  test('behavior: a grant is counted once per session, and a table once per section', () => {
    const move = {
      packed: toHex(0, { size: 150 }),
      table: toHex(16, { size: 1 }),
    }
    const gasOf = (...changes: Partial<QueuedIntent>[]) =>
      packBundle(changes.map((change) => intent({ ...move, ...change }))).gas
    const first = { sequence: 0, grant }
    const second = { sequence: 1, grant }
    const one = gasOf(first)
    const more = gasOf(first, second) - one
    expect(more).toBe(gasOf({ sequence: 0 }, { sequence: 1 }) - gasOf({}))
    const elsewhere = { sequence: 1, grant, policyId: toHex(1) }
    expect(gasOf(first, elsewhere) - one - more).toBe(35n * 40n)
  })

  test('security: what measures tokens is brought along: twice each balance, every approval, and what each frame keeps back', () => {
    const callGas = 500_000
    const plain = packBundle([intent({ callGas })]).gas
    const metered = packBundle([intent({ callGas, meters: 1 })]).gas
    expect(metered - plain).toBe(200_000n)
    const table = toHex(0x41, { size: 1 })
    const spending = packBundle([intent({ callGas, meters: 4, table })]).gas
    const call = (BigInt(callGas) * 33n) / 32n
    const frame = call + 20_000n + 50_000n * 16n
    expect(spending - metered).toBeGreaterThanOrEqual(
      (frame * 33n) / 32n - call,
    )
  })
})
