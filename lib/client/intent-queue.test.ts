import { type Hex, zeroHash } from 'viem'
import { describe, expect, test, vi } from 'vitest'
import { PlaykeyError } from '@/lib/errors/base-error'
import { compileTerms } from '@/lib/permission/compile-terms'
import { encodeCall } from '@/lib/permission/function-signature'
import { makePermission } from '@/lib/permission/permission'
import { makeTerms } from '@/lib/permission/terms'
import { emptyUsage, type SessionUsage } from '@/lib/session/session-usage'
import type { Rollback } from './activity'
import { IntentQueue, type QueueSession } from './intent-queue'
import { generateP256Key, signDigest } from './p256-key'
import type { IntentReport } from './queue-transport'
import { ServerClock } from './server-clock'
import { TestRelay } from './test-relay'

const to = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const domain = { chainId: 31337, sessionManager: to } as const
const NOW = 1_800_000_000
const move = makePermission({ to, signature: 'move(uint8)', maxCalls: 500 })
/** Twice a minute, and only forwards or backwards. */
const slowMove = {
  ...move,
  ...{ period: 60, maxCallsPerPeriod: 2, rules: ['arg0 <= 1'] },
}
const tableOf = (permission: typeof move) =>
  compileTerms(makeTerms([permission]))

/** Usage with so many calls of the first permission. */
function usageOf(calls: number): SessionUsage {
  const { cells, meters } = emptyUsage()
  return { cells: [calls, ...cells.slice(1)], meters }
}

async function createHarness(
  change: Partial<QueueSession> = {},
  prepareToSign: () => void = () => undefined,
) {
  const { keys, publicKey } = await generateP256Key()
  const session: QueueSession = {
    id: zeroHash,
    account: '0x00000000000000000000000000000000000acc07',
    status: 'active',
    validAfter: NOW - 10,
    validUntil: NOW + 3_600,
    pausedUntil: 0,
    table: tableOf(move),
    usage: emptyUsage(),
    ...change,
  }
  const relay = new TestRelay(domain, session, publicKey)
  const clock = new ServerClock(NOW * 1_000)
  const rollbacks: Rollback[] = []
  const refusals: string[] = []
  const queue = new IntentQueue({
    domain,
    session,
    lane: 0,
    sign: async (digest) => {
      prepareToSign()
      return signDigest(keys, digest)
    },
    transport: relay,
    clock,
    onRollback: (rollback) => rollbacks.push(rollback),
    onRefusal: ({ code }) => refusals.push(code),
    sleep: () => new Promise((resolve) => setTimeout(resolve, 1)),
  })
  const step = (direction = 1) =>
    queue.send({
      calls: [{ to, value: 0n, data: encodeCall(move.signature, [direction]) }],
      callGas: 100_000,
      action: move.signature,
    })
  const settle = (
    index: number,
    status: 'confirmed' | 'reverted' | 'rejected',
    reason: string | null = null,
  ) => {
    const id = relay.admitted[index]?.id as Hex
    const block = { blockNumber: 10 + index, isFinal: false }
    return queue.receive({ id, status, reason, txHash: zeroHash, ...block })
  }
  const admitted = (count: number) =>
    vi.waitFor(() => expect(relay.admitted).toHaveLength(count), {
      timeout: 20_000,
    })
  return { queue, relay, clock, rollbacks, refusals, step, settle, admitted }
}

function createGate(): [Promise<void>, () => void] {
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  return [gate, open]
}

describe('IntentQueue', () => {
  test('behavior: a held-down key stays in order and loses nothing', async () => {
    const { queue, relay, step, settle, admitted } = await createHarness()
    relay.onRequest = () => new Promise((resolve) => setTimeout(resolve, 3))
    const handles = Array.from({ length: 120 }, (_, index) => step(index % 4))
    expect(queue.usage[0]?.calls).toBe(120)
    await admitted(120)
    const intents = relay.admitted.map(({ signed }) => signed.intent)
    expect(intents.map((intent) => intent.sequence)).toEqual(
      Array.from({ length: 120 }, (_, index) => index),
    )
    expect(intents.map((intent) => intent.calls[0]?.data)).toEqual(
      intents.map((_, index) => encodeCall(move.signature, [index % 4])),
    )
    expect(Math.max(...relay.batchSizes)).toBeLessThanOrEqual(50)
    for (const index of relay.admitted.keys()) settle(index, 'confirmed')
    const outcomes = await Promise.all(handles.map(({ settled }) => settled))
    expect(outcomes.every(({ status }) => status === 'confirmed')).toBe(true)
    expect(queue.isBusy).toBe(false)
    expect(queue.latency?.p50Ms).toBeGreaterThanOrEqual(0)
    expect(queue.activity).toHaveLength(100)
  })

  test('behavior: gathers while a request is on its way', async () => {
    const { relay, step, admitted } = await createHarness()
    const [arrived, arrive] = createGate()
    const [opened, open] = createGate()
    relay.onRequest = () => {
      arrive()
      return opened
    }
    step()
    await arrived
    for (let index = 0; index < 10; index += 1) step()
    open()
    await admitted(11)
    expect(relay.batchSizes).toHaveLength(2)
  })

  test('error: refused here before anything is signed', async () => {
    const { queue, relay, refusals, step, admitted } = await createHarness({
      usage: usageOf(499),
    })
    step()
    const outcome = await step().settled
    expect(outcome).toMatchObject({
      status: 'refused',
      id: null,
      error: { code: 'call_limit_exceeded', details: { maxCalls: 500 } },
    })
    expect(queue.refusal?.code).toBe('call_limit_exceeded')
    await admitted(1)
    expect(relay.admitted).toHaveLength(1)
    expect(refusals).toEqual(['call_limit_exceeded'])
    queue.clearRefusal()
    expect(queue.refusal).toBeNull()
  })

  test('error: a move outside the rules is refused here', async () => {
    const { queue, relay, step, admitted } = await createHarness({
      table: tableOf(slowMove),
    })
    const outcome = await step(2).settled
    expect(outcome).toMatchObject({
      ...{ status: 'refused', id: null },
      error: { code: 'argument_not_allowed', details: { argument: '0x2' } },
    })
    step(1)
    await admitted(1)
    expect(relay.admitted).toHaveLength(1)
    expect(queue.usage[0]).toMatchObject({ calls: 1, callsInPeriod: 1 })
  })

  // Guarantee: a limit per period is refused here at once, says when it ends, and ends by itself.
  test('error: a limit per period, until the next period', async () => {
    const { queue, relay, clock, step, admitted } = await createHarness({
      table: tableOf(slowMove),
    })
    for (const direction of [0, 1]) step(direction)
    const { error } = await step(0).settled
    expect(error).toMatchObject({
      code: 'call_period_limit_exceeded',
      details: { period: 60, maxCallsPerPeriod: 2, nextPeriodAt: NOW + 50 },
      remedy: 'Wait 50 seconds, until the next period starts.',
    })
    await admitted(2)
    clock.atLeast(NOW + 50)
    relay.nowSeconds = NOW + 50
    expect(queue.usage[0]).toMatchObject({ calls: 2, callsInPeriod: 0 })
    step(0)
    await admitted(3)
    expect(queue.usage[0]).toMatchObject({ calls: 3, callsInPeriod: 1 })
  })

  test('error: a refusal takes back all that built on it, then play goes on', async () => {
    const { queue, relay, rollbacks, step, admitted } = await createHarness()
    // The relay knows of uses that this browser does not know of yet.
    relay.session = { ...relay.session, usage: usageOf(498) }
    const handles = Array.from({ length: 5 }, () => step())
    const outcomes = await Promise.all(handles.slice(2).map((h) => h.settled))
    expect(outcomes.map(({ status }) => status)).toEqual([
      'refused',
      'rolled_back',
      'rolled_back',
    ])
    expect(rollbacks).toHaveLength(1)
    expect(rollbacks[0]?.keys).toEqual(handles.slice(2).map(({ key }) => key))
    expect(queue.usage[0]?.calls).toBe(2)
    relay.session = { ...relay.session, usage: usageOf(3) }
    step()
    await admitted(3)
    expect(relay.admitted[2]?.signed.intent.sequence).toBe(2)
  })

  test('behavior: signs again when its place was taken', async () => {
    const { queue, relay, refusals, step, admitted } = await createHarness()
    step()
    await admitted(1)
    relay.takeSequence(0)
    step(2)
    step(3)
    await admitted(3)
    expect(relay.admitted.map(({ signed }) => signed.intent.sequence)).toEqual([
      0, 2, 3,
    ])
    expect(refusals).toEqual([])
    expect(queue.refusal).toBeNull()
  })

  test('behavior: corrects its clock by what the relay says', async () => {
    const { relay, step, admitted } = await createHarness()
    relay.nowSeconds = NOW + 1_000
    step()
    await admitted(1)
    expect(relay.admitted[0]?.signed.intent.expiry).toBeGreaterThan(NOW + 1_000)
  })

  test('error: the end of the session is learnt from the relay', async () => {
    const { queue, relay, step } = await createHarness()
    relay.nowSeconds = NOW + 3_600
    expect((await step().settled).error?.code).toBe('session_expired')
    const requests = relay.batchSizes.length
    expect((await step().settled).error?.code).toBe('session_expired')
    expect(relay.batchSizes).toHaveLength(requests)
    expect(queue.usage[0]?.calls).toBe(0)
  })

  test('behavior: an intent that was taken in and came too late sets the clock right', async () => {
    const { relay, clock, step, settle, admitted } = await createHarness()
    relay.clock = clock
    step()
    await admitted(1)
    relay.nowSeconds = NOW + 3_600
    settle(0, 'rejected', 'session_expired')
    await vi.waitFor(() =>
      expect(clock.nowSeconds()).toBeGreaterThanOrEqual(NOW + 3_600),
    )
    const requests = relay.batchSizes.length
    expect((await step().settled).error?.code).toBe('session_expired')
    expect(relay.batchSizes).toHaveLength(requests)
  })

  test('behavior: an outage keeps the outbox with its signatures', async () => {
    const { queue, relay, step, admitted } = await createHarness()
    relay.outage = new PlaykeyError('connection_lost')
    step()
    step()
    await vi.waitFor(() => expect(queue.isOffline).toBe(true))
    relay.outage = null
    await admitted(2)
    await vi.waitFor(() => expect(queue.isOffline).toBe(false))
  })

  // Guarantee: what only happens again is told, and never tried for ever as if the relay could not be reached.
  test('error: what cannot be written is refused at once', async () => {
    const { queue, relay, step } = await createHarness({
      account: '0xnoaddress',
    })
    expect(await step().settled).toMatchObject({
      ...{ status: 'refused', error: { code: 'internal' } },
    })
    expect(queue.isOffline).toBe(false)
    expect(queue.isBusy).toBe(false)
    expect(relay.admitted).toEqual([])
  })

  test('error: a key that cannot sign any more; what it has signed still goes out', async () => {
    let signatures = 0
    const { queue, relay, step } = await createHarness({}, () => {
      signatures += 1
      if (signatures > 2) throw new Error('the key is gone')
    })
    const [first, second, third, fourth] = [step(), step(), step(), step()]
    expect((await third.settled).status).toBe('refused')
    expect((await fourth.settled).status).toBe('rolled_back')
    expect(relay.admitted).toHaveLength(2)
    expect(queue.activity.map(({ key, status }) => [key, status])).toEqual([
      [fourth.key, 'rolled_back'],
      [third.key, 'refused'],
      [second.key, 'queued'],
      [first.key, 'queued'],
    ])
    expect(queue.isOffline).toBe(false)
  })

  test('behavior: a lost answer does nothing twice', async () => {
    const { queue, relay, step, admitted } = await createHarness()
    relay.losesAnswers = true
    step()
    step()
    await vi.waitFor(() => expect(queue.isOffline).toBe(true))
    relay.losesAnswers = false
    await vi.waitFor(() => expect(queue.isOffline).toBe(false))
    await admitted(2)
    const ids = new Set(relay.admitted.map(({ id }) => id))
    expect(ids.size).toBe(2)
  })

  test('behavior: a reverted move is taken back, later ones stand', async () => {
    const { queue, rollbacks, step, settle, admitted } = await createHarness()
    const [first, second] = [step(), step()]
    await admitted(2)
    settle(0, 'reverted', 'WallAhead')
    settle(1, 'confirmed')
    expect(await first.settled).toMatchObject({
      status: 'reverted',
      error: { code: 'call_reverted', details: { reason: 'WallAhead' } },
    })
    expect((await second.settled).status).toBe('confirmed')
    expect(rollbacks.map(({ keys }) => keys)).toEqual([[first.key]])
    expect(queue.usage[0]?.calls).toBe(1)
    expect(settle(0, 'confirmed')).toBe(true)
    expect(queue.usage[0]?.calls).toBe(1)
  })

  test('error: revoked in mid-game', async () => {
    const { queue, relay, step, settle, admitted } = await createHarness()
    const [first, second] = [step(), step()]
    await admitted(2)
    settle(0, 'rejected', 'session_revoked')
    settle(1, 'rejected', 'sequence_ahead')
    expect((await first.settled).error?.code).toBe('session_revoked')
    expect((await second.settled).status).toBe('rejected')
    expect(queue.refusal?.code).toBe('session_revoked')
    relay.rewind(0, 0)
    expect((await step().settled).error?.code).toBe('session_revoked')
    expect(queue.usage[0]?.calls).toBe(0)
  })

  test('behavior: polling settles what the stream lost', async () => {
    const { queue, step, admitted } = await createHarness()
    const handle = step()
    await admitted(1)
    await vi.waitFor(() => expect(queue.activity[0]?.status).toBe('queued'))
    await queue.poll(0)
    expect((await handle.settled).status).toBe('confirmed')
  })

  test('behavior: closing rolls back what was not sent', async () => {
    const { queue, relay, step } = await createHarness()
    relay.outage = new PlaykeyError('connection_lost')
    const handle = step()
    await vi.waitFor(() => expect(queue.isOffline).toBe(true))
    queue.close()
    expect((await handle.settled).status).toBe('rolled_back')
    expect((await step().settled).error?.code).toBe('session_not_active')
  })

  describe('a block that is undone', () => {
    const takenBack = (id: Hex): IntentReport => ({
      ...{ id, status: 'submitted', reason: null, txHash: null },
      ...{ blockNumber: null, isFinal: false },
    })

    test('behavior: its moves are on their way again, and count once when they land again', async () => {
      const { queue, relay, step, settle, admitted, rollbacks } =
        await createHarness()
      step()
      step()
      await admitted(2)
      settle(0, 'confirmed')
      settle(1, 'confirmed')
      const latency = queue.activity[0]?.latencyMs
      expect(queue.isBusy).toBe(false)
      expect(queue.receive(takenBack(relay.admitted[1]?.id as Hex))).toBe(true)
      expect(queue.activity[0]).toMatchObject({
        ...{ status: 'submitted', txHash: null, blockNumber: null },
      })
      expect(queue.isBusy).toBe(true)
      expect(queue.usage[0]?.calls).toBe(2)
      settle(1, 'confirmed')
      expect(queue.activity[0]).toMatchObject({
        ...{ status: 'confirmed', blockNumber: 11, latencyMs: latency },
      })
      expect(queue.usage[0]?.calls).toBe(2)
      expect(rollbacks).toEqual([])
    })

    test('error: a move that does not land again is taken back', async () => {
      const { queue, relay, step, settle, admitted, rollbacks } =
        await createHarness()
      step()
      await admitted(1)
      settle(0, 'confirmed')
      queue.receive(takenBack(relay.admitted[0]?.id as Hex))
      settle(0, 'rejected', 'session_revoked')
      expect(queue.activity[0]?.status).toBe('rejected')
      expect(queue.usage[0]?.calls).toBe(0)
      expect(rollbacks).toHaveLength(1)
    })

    test('behavior: when the stream was down, asking tells', async () => {
      const { queue, relay, step, settle, admitted } = await createHarness()
      step()
      step()
      await admitted(2)
      settle(0, 'confirmed')
      settle(1, 'confirmed')
      queue.noteFinal(10)
      const [first, second] = relay.admitted.map(({ id }) => id) as [Hex, Hex]
      relay.reports.set(first, takenBack(first))
      relay.reports.set(second, takenBack(second))
      await queue.poll(0)
      expect(queue.activity.map(({ status }) => status)).toEqual([
        'submitted',
        'confirmed',
      ])
      expect(queue.activity.map((entry) => entry.isFinal)).toEqual([
        false,
        true,
      ])
    })

    test('behavior: an answer that was overtaken by the stream takes nothing back', async () => {
      const { queue, relay, step, settle, admitted } = await createHarness()
      step()
      await admitted(1)
      await vi.waitFor(() => expect(queue.activity[0]?.status).toBe('queued'))
      const id = relay.admitted[0]?.id as Hex
      relay.reports.set(id, takenBack(id))
      const asked = queue.poll(0)
      settle(0, 'confirmed')
      await asked
      expect(queue.activity[0]?.status).toBe('confirmed')
    })

    test('behavior: what is final is told so, up to its block', async () => {
      const { queue, step, settle, admitted } = await createHarness()
      step()
      step()
      await admitted(2)
      settle(0, 'confirmed')
      settle(1, 'confirmed')
      const finals = () => queue.activity.map(({ isFinal }) => isFinal)
      expect(finals()).toEqual([false, false])
      queue.noteFinal(10)
      expect(finals()).toEqual([false, true])
      queue.noteFinal(11)
      expect(finals()).toEqual([true, true])
    })
  })
})
