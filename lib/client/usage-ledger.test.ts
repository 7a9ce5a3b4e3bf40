import { describe, expect, test } from 'vitest'
import { compileTerms } from '@/lib/permission/compile-terms'
import { makePermission } from '@/lib/permission/permission'
import { makeTerms } from '@/lib/permission/terms'
import {
  emptyUsage,
  permissionUsageOf,
  type SessionUsage,
} from '@/lib/session/session-usage'
import { type Charge, chargeBetween, UsageLedger } from './usage-ledger'

const to = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const table = compileTerms(
  makeTerms([
    makePermission({
      ...{ to, signature: 'move(uint8)', maxCalls: 500 },
      ...{ maxValuePerCall: 2n, maxValue: 100n },
    }),
    makePermission({
      ...{ to, signature: 'mint(uint8,uint256)', maxCalls: 50 },
      ...{ period: 60, maxCallsPerPeriod: 5, rules: ['sum(arg1) <= 900'] },
    }),
  ]),
)
/** A move for two wei: the first counter and the first meter. */
const move = (): Charge => ({
  counts: [{ cell: 0, calls: 1, window: null }],
  amounts: [{ meter: 0, amount: 2n, window: null }],
})
/** A mint of seven: its counter has a period, the sum is the second meter. */
const mint = (window: number): Charge => ({
  counts: [{ cell: 1, calls: 1, window }],
  amounts: [{ meter: 1, amount: 7n, window }],
})

function usageWith(
  cells: Record<number, number>,
  meters: Record<number, SessionUsage['meters'][number]> = {},
): SessionUsage {
  const usage = emptyUsage()
  for (const [at, count] of Object.entries(cells)) {
    usage.cells[Number(at)] = count
  }
  for (const [at, meter] of Object.entries(meters)) {
    usage.meters[Number(at)] = meter
  }
  return usage
}

const meter = (total: bigint, window = 0, inWindow = 0n) => ({
  ...{ total, window, inWindow },
})

/** Use as people see it, in period `window`. */
const seen = (ledger: UsageLedger, window = 0) =>
  permissionUsageOf(table, ledger.optimistic(), {
    nowSeconds: 1_000 + window * 60,
    validAfter: 1_000,
  })

describe('UsageLedger', () => {
  test('behavior: what is on its way counts at once, and not if it does not land', () => {
    const ledger = new UsageLedger(table, usageWith({ 0: 1 }, { 0: meter(2n) }))
    const [first, second] = [move(), move()]
    ledger.charge(first)
    ledger.charge(second)
    expect(seen(ledger)[0]).toMatchObject({ calls: 3, valueWei: '6' })
    ledger.confirm(first)
    ledger.release(second)
    expect(seen(ledger)[0]).toMatchObject({ calls: 2, valueWei: '4' })
  })

  // Guarantee: a reading that is older than a move that landed since never gives that move back.
  test('behavior: an older reading takes nothing back; a newer one adds what others used', () => {
    const ledger = new UsageLedger(table, emptyUsage())
    const charge = move()
    ledger.charge(charge)
    ledger.confirm(charge)
    ledger.reset(emptyUsage())
    expect(seen(ledger)[0]).toMatchObject({ calls: 1, valueWei: '2' })
    ledger.reset(usageWith({ 0: 5 }, { 0: meter(10n) }))
    expect(seen(ledger)[0]).toMatchObject({ calls: 5, valueWei: '10' })
  })

  test('behavior: a period begins at nothing, the whole session goes on', () => {
    const ledger = new UsageLedger(table, emptyUsage())
    for (const window of [3, 3, 4]) ledger.charge(mint(window))
    expect(seen(ledger, 4)[1]).toMatchObject({
      ...{ calls: 3, callsInPeriod: 1 },
      sums: [{ total: '21', inPeriod: '7' }],
    })
  })

  // Guarantee: news that arrives late never puts a finished period back in place of the present one.
  test('behavior: what lands late counts in all, not in the present period', () => {
    const ledger = new UsageLedger(table, emptyUsage())
    const late = mint(3)
    ledger.charge(late)
    ledger.reset(usageWith({ 1: 2, 2: 4, 3: 1 }, { 1: meter(14n, 4, 7n) }))
    ledger.confirm(late)
    expect(seen(ledger, 4)[1]).toMatchObject({
      ...{ calls: 3, callsInPeriod: 1 },
      sums: [{ total: '21', inPeriod: '7' }],
    })
  })

  test('behavior: of two readings the one of the later period counts', () => {
    const ledger = new UsageLedger(table, emptyUsage())
    ledger.reset(usageWith({ 1: 4, 2: 3, 3: 4 }, { 1: meter(28n, 3, 28n) }))
    ledger.reset(usageWith({ 1: 5, 2: 4, 3: 1 }, { 1: meter(35n, 4, 7n) }))
    ledger.reset(usageWith({ 1: 4, 2: 3, 3: 4 }, { 1: meter(28n, 3, 28n) }))
    expect(seen(ledger, 4)[1]).toMatchObject({
      ...{ calls: 5, callsInPeriod: 1 },
      sums: [{ total: '35', inPeriod: '7' }],
    })
  })
})

describe('chargeBetween', () => {
  test('behavior: only what changed, with the period where there is one', () => {
    const before = usageWith(
      { 0: 3, 1: 4, 2: 3, 3: 4 },
      { 0: meter(6n), 1: meter(28n, 3, 28n) },
    )
    const after = usageWith(
      { 0: 4, 1: 5, 2: 4, 3: 1 },
      { 0: meter(8n), 1: meter(35n, 4, 7n) },
    )
    expect(chargeBetween(table, before, after)).toEqual({
      counts: [...move().counts, ...mint(4).counts],
      amounts: [...move().amounts, ...mint(4).amounts],
    })
    expect(chargeBetween(table, after, after)).toEqual({
      ...{ counts: [], amounts: [] },
    })
  })

  test('behavior: what is taken back is on its way again, and counts the same', () => {
    const ledger = new UsageLedger(table, emptyUsage())
    const [first, second] = [mint(3), mint(3)]
    for (const charge of [first, second]) {
      ledger.charge(charge)
      ledger.confirm(charge)
    }
    const landed = ledger.optimistic()
    ledger.reopen(second)
    expect(ledger.optimistic()).toEqual(landed)
    ledger.release(second)
    expect(ledger.optimistic()).toEqual(
      usageWith(
        { 1: 1, 2: 3, 3: 1 },
        { 1: { total: 7n, window: 3, inWindow: 7n } },
      ),
    )
  })
})
