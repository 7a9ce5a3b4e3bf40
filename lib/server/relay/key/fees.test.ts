import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFeeBook, type Fees } from './fees'

const wei = fc.bigInt({ min: 0n, max: 10n ** 12n })

describe('fees', () => {
  test('security: never above the cap, whatever the node says, however often a transaction is replaced', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 10n, max: 10n ** 12n }),
        ...([wei, wei] as const),
        (cap, baseFee, tip) => {
          const fees = createFeeBook(cap)
          fees.note(baseFee, tip)
          let price: Fees | null = fees.current()
          for (let tries = 0; price && tries < 2_000; tries += 1) {
            expect(price.maxFeePerGas).toBeLessThanOrEqual(cap)
            expect(price.maxPriorityFeePerGas).toBeLessThanOrEqual(
              price.maxFeePerGas,
            )
            price = fees.raise(price, tries % 2 ? 'work' : 'noop')
          }
          expect(price).toBeNull()
        },
      ),
    )
  })

  test('behavior: a replacement pays an eighth more on both, and a no-op can always replace the dearest work', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1_000n, max: 10n ** 12n }),
        ...([wei, fc.bigInt({ min: 0n, max: 1_000n })] as const),
        (cap, baseFee, tip) => {
          const fees = createFeeBook(cap)
          fees.note(baseFee, tip)
          let price = fees.current()
          for (let next: Fees | null = price; next; ) {
            price = next
            next = fees.raise(price, 'work')
            if (!next) break
            expect(next.maxFeePerGas * 1000n).toBeGreaterThanOrEqual(
              price.maxFeePerGas * 1125n,
            )
          }
          const noop = fees.raise(price, 'noop')
          expect(noop).not.toBeNull()
          expect((noop?.maxFeePerGas ?? 0n) * 1000n).toBeGreaterThanOrEqual(
            price.maxFeePerGas * 1125n,
          )
        },
      ),
    )
  })
})
