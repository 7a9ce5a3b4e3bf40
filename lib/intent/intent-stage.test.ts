import { describe, expect, test } from 'vitest'
import { stageOf } from './intent-stage'

describe('stageOf', () => {
  test('behavior: on its way', () => {
    const nowhere = { blockNumber: null, finalNumber: 5n }
    expect(stageOf({ status: 'queued', ...nowhere })).toBe('queued')
    expect(stageOf({ status: 'submitted', ...nowhere })).toBe('submitted')
  })

  test('behavior: final from the block on that is final, inclusive', () => {
    for (const status of ['confirmed', 'reverted', 'rejected'] as const) {
      const settled = { status, blockNumber: 7n }
      expect(stageOf({ ...settled, finalNumber: -1n })).toBe('included')
      expect(stageOf({ ...settled, finalNumber: 6n })).toBe('included')
      expect(stageOf({ ...settled, finalNumber: 7n })).toBe('final')
    }
  })

  test('behavior: what no block has was refused for good', () => {
    const refused = { status: 'rejected', blockNumber: null } as const
    expect(stageOf({ ...refused, finalNumber: -1 })).toBe('final')
  })
})
