import { encodeFunctionData } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { delveAddress, sessionManagerAddress } from '@/lib/contracts/addresses'
import { delveAbi } from '@/lib/contracts/generated/delve'
import type { Intent } from '@/lib/intent/intent'
import { type RelayStack, startRelayStack } from '@/scripts/test/relay-stack'
import { TestPlayer } from '@/scripts/test/test-player'

let stack: RelayStack

beforeAll(async () => {
  stack = await startRelayStack()
})
afterAll(() => stack?.stop())

async function newPlayer(): Promise<TestPlayer> {
  const player = new TestPlayer()
  await player.grant()
  return player
}

function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  )
}

function count(): Promise<number> {
  return stack.database.prisma.intent.count()
}

describe('admission refuses, and stores nothing', () => {
  const mint = encodeFunctionData({
    abi: delveAbi,
    functionName: 'setApprovalForAll',
    args: [sessionManagerAddress, true],
  })
  const cases: [string, (intent: Intent) => Partial<Intent>, string][] = [
    [
      'a session that does not exist',
      () => ({ sessionId: `0x${'ab'.repeat(32)}` }),
      'session_unknown',
    ],
    [
      'the session of another account',
      () => ({ account: delveAddress }),
      'session_unknown',
    ],
    ['a sequence far ahead', () => ({ sequence: 900 }), 'sequence_ahead'],
    ['an expired intent', () => ({ expiry: 1 }), 'intent_expired'],
    [
      'an expiry too far ahead',
      ({ expiry }) => ({ expiry: expiry + 100_000 }),
      'intent_expiry_too_far',
    ],
    [
      'an expiry too soon',
      ({ expiry }) => ({ expiry: expiry - 119 }),
      'intent_expiry_too_soon',
    ],
    ['too much gas', () => ({ callGas: 8_000_001 }), 'call_gas_too_high'],
    ['too little gas', () => ({ callGas: 10 }), 'call_gas_too_low'],
    ['no calls', () => ({ calls: [] }), 'call_count'],
    [
      'a function that was not allowed',
      () => ({ calls: [{ to: delveAddress, value: 0n, data: mint }] }),
      'call_not_permitted',
    ],
    [
      'a contract that was not allowed',
      ({ calls }) => ({
        calls: calls.map((call) => ({ ...call, to: sessionManagerAddress })),
      }),
      'call_not_permitted',
    ],
    [
      'value where none is allowed',
      ({ calls }) => ({ calls: calls.map((call) => ({ ...call, value: 1n })) }),
      'value_not_allowed',
    ],
  ]
  test.each(cases)('error: %s', async (_, change, code) => {
    const player = await newPlayer()
    const intent = await player.move(1)
    const before = await count()
    expect(await codeOf(player.send({ ...intent, ...change(intent) }))).toBe(
      code,
    )
    expect(await count()).toBe(before)
  })

  test('error: the signature of another key', async () => {
    const [player, thief] = [await newPlayer(), await newPlayer()]
    const intent = await player.move(1)
    const signature = thief.signIntent(intent)
    expect(await codeOf(player.admit(intent, signature))).toBe(
      'invalid_signature',
    )
  })

  test('security: whoever knows the id of a session can neither use up its turns nor hold them up', async () => {
    const [player, thief] = [await newPlayer(), await newPlayer()]
    const intent = await player.move(1)
    const flood = Array.from({ length: 600 }, (_, sequence) =>
      codeOf(player.admit({ ...intent, sequence }, thief.signIntent(intent))),
    )
    const id = await player.send(intent)
    expect(new Set(await Promise.all(flood))).toEqual(
      new Set(['invalid_signature']),
    )
    expect(id).toMatch(/^0x/)
  })

  test('error: a signature with high s', async () => {
    const player = await newPlayer()
    const intent = await player.move(1)
    const signature = player.signIntentWithHighS(intent)
    expect(await codeOf(player.admit(intent, signature))).toBe(
      'invalid_signature',
    )
  })

  test('error: more calls than the session has, counting what is on its way', async () => {
    const player = await newPlayer()
    const data = encodeFunctionData({
      abi: delveAbi,
      functionName: 'mint',
      args: [0n],
    })
    const call = { to: delveAddress, value: 0n, data }
    const mints = (times: number) => ({
      calls: new Array<typeof call>(times).fill(call),
      callGas: 4_000_000,
    })
    await player.send(await player.move(0, mints(12)))
    await player.send(await player.move(0, mints(8)))
    expect(await codeOf(player.send(await player.move(0, mints(1))))).toBe(
      'call_limit_exceeded',
    )
  })
})

describe('admission', () => {
  test('behavior: the same intent a hundred times at once is one intent', async () => {
    const player = await newPlayer()
    const intent = await player.move(1)
    const signature = player.signIntent(intent)
    const before = await count()
    const ids = await Promise.all(
      Array.from({ length: 100 }, () => player.admit(intent, signature)),
    )
    expect(new Set(ids).size).toBe(1)
    expect(await count()).toBe(before + 1)
  })

  test('error: another intent in a place that is taken', async () => {
    const player = await newPlayer()
    await player.send(await player.move(1))
    expect(
      await codeOf(player.send(await player.move(2, { sequence: 0 }))),
    ).toBe('sequence_conflict')
  })

  test('behavior: of many intents for one place exactly one is taken', async () => {
    const player = await newPlayer()
    const intents = await Promise.all(
      [100, 101, 102, 103, 104, 105].map(async (seconds) => {
        const intent = await player.move(1)
        return { ...intent, expiry: intent.expiry - seconds + 60 }
      }),
    )
    const codes = await Promise.all(
      intents.map((intent) =>
        codeOf(player.admit(intent, player.signIntent(intent))),
      ),
    )
    expect(codes.filter((code) => code === 'accepted')).toHaveLength(1)
    expect(codes.filter((code) => code === 'sequence_conflict')).toHaveLength(5)
  })

  test('behavior: intents that overtake each other on the way are all taken', async () => {
    const player = await newPlayer()
    const intents = await Promise.all(
      [3, 1, 4, 0, 2].map((sequence) => player.move(1, { sequence })),
    )
    const codes = await Promise.all(
      intents.map((intent) => codeOf(player.send(intent))),
    )
    expect(codes).toEqual(codes.map(() => 'accepted'))
  })

  test('behavior: lanes have sequences of their own', async () => {
    const player = await newPlayer()
    await player.send(await player.move(1, { lane: 0, sequence: 0 }))
    await player.send(await player.move(1, { lane: 7, sequence: 0 }))
    await player.send(await player.move(1, { lane: 7, sequence: 1 }))
  })
})
