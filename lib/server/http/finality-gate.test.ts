import type { Hex } from 'viem'
import { describe, expect, test } from 'vitest'
import type { RelayEvent } from '@/lib/rpc/relay-event'
import { createFinalityGate } from './finality-gate'

const id: Hex = `0x${'11'.repeat(32)}`
const settledIn = (blockNumber: number): RelayEvent => ({
  type: 'intent',
  ...{ id, sessionId: id, lane: 0, sequence: 0, status: 'confirmed' },
  blockNumber,
})
const final = (blockNumber: number): RelayEvent => ({
  type: 'final',
  blockNumber,
})

describe('createFinalityGate', () => {
  test('behavior: finality is carried once to who was told of an intent that it makes final', () => {
    const isNews = createFinalityGate()
    expect(isNews(final(9))).toBe(false)
    expect(isNews(settledIn(10))).toBe(true)
    expect(isNews(final(9))).toBe(false)
    expect(isNews(final(10))).toBe(true)
    expect(isNews(final(11))).toBe(false)
  })

  test('behavior: while play goes on, each part that becomes final is told', () => {
    const isNews = createFinalityGate()
    for (const block of [10, 11, 12]) isNews(settledIn(block))
    expect(isNews(final(10))).toBe(true)
    expect(isNews(final(10))).toBe(false)
    expect(isNews(final(12))).toBe(true)
    expect(isNews(final(13))).toBe(false)
  })

  test('behavior: an intent that is taken back has no block, and waits for none', () => {
    const isNews = createFinalityGate()
    expect(isNews({ ...settledIn(0), blockNumber: null } as RelayEvent)).toBe(
      true,
    )
    expect(isNews(final(50))).toBe(false)
  })
})
