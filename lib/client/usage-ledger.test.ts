import { expect, test } from 'vitest'
import { UsageLedger } from './usage-ledger'

const move = [{ index: 0, valueWei: 2n }]

test('behavior: what is on its way counts at once, and not if it does not land', () => {
  const ledger = new UsageLedger([{ calls: 1, valueWei: '2' }])
  ledger.charge(move)
  ledger.charge(move)
  expect(ledger.optimistic()).toEqual([{ calls: 3, valueWei: '6' }])
  ledger.confirm(move)
  ledger.release(move)
  expect(ledger.optimistic()).toEqual([{ calls: 2, valueWei: '4' }])
})

// Guarantee: a reading that is older than a move that landed since never gives that move back.
test('behavior: an older reading takes nothing back; a newer one adds what others used', () => {
  const ledger = new UsageLedger([{ calls: 0, valueWei: '0' }])
  ledger.charge(move)
  ledger.confirm(move)
  ledger.reset([{ calls: 0, valueWei: '0' }])
  expect(ledger.optimistic()).toEqual([{ calls: 1, valueWei: '2' }])
  ledger.reset([{ calls: 5, valueWei: '10' }])
  expect(ledger.optimistic()).toEqual([{ calls: 5, valueWei: '10' }])
})
