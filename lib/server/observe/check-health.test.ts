import { describe, expect, test } from 'vitest'
import { judgeHealth } from './check-health'
import type { RelayState } from './read-relay-state'

const well: RelayState = {
  ...{ queued: 3, submitted: 2, tasks: 0, queueAge: 0.2, unminedAge: 0.1 },
  ...{ disagreeing: 0, seenBlock: 100, mirroredBlock: 100, finalBlock: 95 },
  ...{ seenAge: 3_600, workers: 1 },
  keys: [
    { role: 'relayer', index: 0, balanceWei: '1000', isLow: false },
    { role: 'revoker', index: 0, balanceWei: '1000', isLow: false },
  ],
  leases: [
    { name: 'mirror', fence: 4, isHeld: true },
    { name: 'relayer:0', fence: 2, isHeld: true },
  ],
}
const [first, second] = well.leases
const [relayer, revoker] = well.keys

test('behavior: a relay that works is well, also when nobody has played for an hour', () => {
  expect(judgeHealth(well, 100)).toEqual({ status: 'ok', reasons: [] })
})

test('error: without a database no request can be served', () => {
  const { status, reasons } = judgeHealth(null, 100)
  expect(status).toBe('down')
  expect(reasons.map(({ code }) => code)).toEqual(['database_away'])
})

describe('error: each trouble has its code, and what is wrong in a sentence', () => {
  test.each([
    ['chain_away', {}, null, 'The chain does not answer.'],
    [
      'chain_stale',
      {},
      90,
      'The node is 10 blocks behind what it said before.',
    ],
    [
      'mirror_behind',
      { seenAge: 20 },
      101,
      'The mirror is 1 block behind the chain.',
    ],
    [
      'mirror_behind',
      { seenAge: 0 },
      400,
      'The mirror is 300 blocks behind the chain.',
    ],
    ['no_worker', { workers: 0 }, 100, 'No worker is at work.'],
    [
      'lease_free',
      { leases: [first, { ...second, isHeld: false }] },
      100,
      'No worker has taken over: relayer:0.',
    ],
    ['queue_old', { queueAge: 42.7 }, 100, 'The oldest intent waits for 42 s.'],
    [
      'transaction_stuck',
      { unminedAge: 61 },
      100,
      'The oldest transaction waits for 61 s.',
    ],
    [
      'balance_low',
      { keys: [{ ...relayer, isLow: true }, revoker] },
      100,
      '1 of 2 keys need ether.',
    ],
    [
      'disagreement',
      { disagreeing: 2 },
      100,
      'The database disagrees with the chain about 2 sessions.',
    ],
  ] as [string, Partial<RelayState>, number | null, string][])(
    '%s',
    (code, change, block, message) => {
      expect(judgeHealth({ ...well, ...change }, block)).toEqual({
        ...{ status: 'degraded', reasons: [{ code, message }] },
      })
    },
  )
})

test('behavior: a block that the mirror is about to read is no trouble, nor a node some blocks behind', () => {
  for (const block of [97, 101, 150])
    expect(judgeHealth({ ...well, seenAge: 1 }, block).status).toBe('ok')
})

test('behavior: several troubles are all told', () => {
  const { reasons } = judgeHealth({ ...well, queueAge: 99, workers: 0 }, null)
  expect(reasons.map(({ code }) => code)).toEqual([
    ...['chain_away', 'no_worker', 'queue_old'],
  ])
})
