import { type Address, type Hex, toHex } from 'viem'
import { describe, expect, test } from 'vitest'
import type { ChainClient } from '@/lib/server/chain/chain-client'
import { type Entry, Journal } from './journal'
import type { Execution, Truth } from './truth'
import { countExecutedAfter, judge } from './verdict'

const sessionId = toHex(1, { size: 32 })
const account: Address = '0x00000000000000000000000000000000000000aa'
const txHash = toHex(7, { size: 32 })

function journalOf(changes: Partial<Entry> = {}): Journal {
  const journal = new Journal()
  journal.add({
    ...{ id: toHex(2, { size: 32 }), kind: 'healthy', account, sessionId },
    ...{ lane: 0, sequence: 0, signature: '0xabcdef', sentMs: 0 },
    ...{ acknowledgedMs: 1, refusal: null, settledMs: 2, pushed: [] },
    ...{ status: 'confirmed', reason: null, ...changes },
  })
  return journal
}

function truthOf(
  executions: Partial<Execution>[] = [{}],
  input = '0x00abcdef00',
): Truth {
  return {
    executions: executions.map((changes, logIndex) => ({
      ...{ sessionId, lane: 0, sequence: 0, isSuccess: true },
      ...{ txHash, blockNumber: 5n, logIndex, ...changes },
    })),
    inputs: new Map<Hex, string>([[txHash, input]]),
    revocations: new Map(),
    missing: [],
    highestFeeWei: 0n,
  }
}

/** A chain on which everybody has walked so many steps. */
function chainOf(moves: number): ChainClient {
  return { readContract: async () => ({ moves }) } as unknown as ChainClient
}

describe('judge', () => {
  test('behavior: what was acknowledged and executed once is well', async () => {
    const verdict = await judge(journalOf(), truthOf(), chainOf(1))
    expect(verdict).toEqual({
      ...{ acknowledged: 1, executed: 1, rejected: 0, lost: [], doubled: [] },
      ...{ unsettled: [], contradicted: [] },
    })
  })

  test('behavior: acknowledged, not executed and not refused is lost, whatever the relay says', async () => {
    for (const status of ['confirmed', 'queued', null]) {
      const verdict = await judge(
        ...([journalOf({ status }), truthOf([]), chainOf(0)] as const),
      )
      expect(verdict.lost).toHaveLength(1)
    }
  })

  test('behavior: a refusal without a reason is a loss', async () => {
    const journal = journalOf({ status: 'rejected' })
    const verdict = await judge(journal, truthOf([]), chainOf(0))
    expect(verdict.lost).toHaveLength(1)
    const told = journalOf({ status: 'rejected', reason: 'intent_expired' })
    expect((await judge(told, truthOf([]), chainOf(0))).lost).toEqual([])
  })

  test('behavior: another intent of the same place is not this one', async () => {
    const truth = truthOf([{}], '0x001234')
    const verdict = await judge(journalOf(), truth, chainOf(1))
    expect(verdict.lost).toHaveLength(1)
  })

  test('behavior: a sequence that was used twice, and a step too many, are doubled', async () => {
    const twice = await judge(journalOf(), truthOf([{}, {}]), chainOf(2))
    expect(twice.doubled).toHaveLength(1)
    const extra = await judge(journalOf(), truthOf(), chainOf(2))
    expect(extra.doubled).toHaveLength(1)
  })

  test('behavior: rejected but executed, or confirmed but reverted, contradicts the chain', async () => {
    const rejected = journalOf({ status: 'rejected', reason: 'expired' })
    const verdict = await judge(rejected, truthOf(), chainOf(1))
    expect(verdict.contradicted).toHaveLength(1)
    const reverted = truthOf([{ isSuccess: false }])
    const other = await judge(journalOf(), reverted, chainOf(0))
    expect(other.contradicted).toHaveLength(1)
  })

  test('behavior: refused at the door but executed contradicts the chain', async () => {
    const journal = journalOf({ acknowledgedMs: null, refusal: 'internal' })
    const verdict = await judge(journal, truthOf(), chainOf(1))
    expect(verdict.contradicted).toHaveLength(1)
    expect(verdict.acknowledged).toBe(0)
  })

  test('behavior: what has not ended is named', async () => {
    const journal = journalOf({ status: 'submitted' })
    const verdict = await judge(journal, truthOf(), chainOf(1))
    expect(verdict.unsettled).toHaveLength(1)
  })
})

describe('countExecutedAfter', () => {
  test('behavior: counts what comes later in the same block and in later ones', () => {
    const places = [
      { blockNumber: 4n },
      { blockNumber: 5n, logIndex: 1 },
      { blockNumber: 5n, logIndex: 3 },
      { blockNumber: 6n, logIndex: 0 },
    ]
    const end = { blockNumber: 5n, logIndex: 2 }
    const revocations = new Map([[sessionId, end]])
    const truth = { ...truthOf(places), revocations }
    expect(countExecutedAfter(truth, sessionId)).toBe(2)
  })

  test('error: a session that was not revoked on chain', () => {
    expect(() => countExecutedAfter(truthOf(), sessionId)).toThrow()
  })
})
