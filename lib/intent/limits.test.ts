import fc from 'fast-check'
import { concatHex, type Hex, numberToHex, pad } from 'viem'
import { describe, expect, test } from 'vitest'
import { serializeError } from '@/lib/errors/action-result'
import { compileTerms, spendMeterOf } from '../permission/compile-terms'
import { encodeCall } from '../permission/function-signature'
import { makePermission, type Permission } from '../permission/permission'
import { selectorOf } from '../permission/selector'
import { makeTerms, type Terms } from '../permission/terms'
import { emptyUsage, type SessionUsage } from '../session/session-usage'
import { evaluateIntent, type Verdict } from './evaluate-intent'
import type { Call } from './intent'

const to = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045'
const token = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const account = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'
const START = 1_000

function evaluate(
  terms: Terms,
  calls: readonly Call[],
  usage: SessionUsage,
  nowSeconds: number,
): Verdict {
  return evaluateIntent({
    session: {
      ...{ status: 'active', validAfter: START, validUntil: 10_000, usage },
      table: compileTerms(terms),
      nextSequence: () => 0,
    },
    intent: {
      ...{ account, lane: 0, sequence: 0, calls, callGas: 1 },
      expiry: nowSeconds + 1,
    },
    ...{ nowSeconds, pausedUntil: 0 },
  })
}

const mint = makePermission({
  ...{ to, signature: 'mint(uint256)', maxCalls: 9 },
  ...{ maxValuePerCall: 5n, maxValue: 30n },
  ...{ period: 60, maxCallsPerPeriod: 2, maxValuePerPeriod: 8n },
  rules: ['arg0 <= 4', 'sum(arg0) <= 12 and <= 6 per period'],
})

function mintCall(amount: number, value = 0n): Call {
  return { to, value, data: encodeCall(mint.signature, [BigInt(amount)]) }
}

function codeOf(verdict: Verdict): string {
  return verdict.ok ? 'ok' : verdict.error.code
}

/** What happens to intents one after the other, each at its time. */
function play(
  change: Partial<Permission>,
  steps: readonly [at: number, calls: Call[]][],
): string[] {
  let usage = emptyUsage()
  const terms = makeTerms([{ ...mint, ...change }])
  return steps.map(([at, calls]) => {
    const verdict = evaluate(terms, calls, usage, START + at)
    if (verdict.ok) usage = verdict.usage
    return codeOf(verdict)
  })
}

describe('limits per period', () => {
  test('behavior: calls come back with the next period, and end with the session’s', () => {
    const one = mintCall(0)
    expect(
      play({ maxCalls: 5 }, [
        [0, [one]],
        [59, [one]],
        [59, [one]],
        [60, [one, one]],
        [119, [one]],
        [600, [one, one]],
        [600, [one]],
        [660, [one]],
      ]),
    ).toEqual([
      ...['ok', 'ok', 'call_period_limit_exceeded', 'ok'],
      ...['call_period_limit_exceeded', 'call_limit_exceeded', 'ok'],
      'call_limit_exceeded',
    ])
  })

  test('behavior: value per call, per period and per session', () => {
    const pay = (value: bigint) => mintCall(0, value)
    expect(
      play({ maxValue: 18n }, [
        [0, [pay(6n)]],
        [0, [pay(5n), pay(4n)]],
        [0, [pay(5n), pay(3n)]],
        [60, [pay(5n), pay(3n)]],
        [120, [pay(3n)]],
        [120, [pay(2n)]],
        [180, [pay(0n)]],
      ]),
    ).toEqual([
      ...['value_per_call_exceeded', 'value_period_limit_exceeded'],
      ...['ok', 'ok', 'value_limit_exceeded', 'ok', 'ok'],
    ])
  })

  test('behavior: sums per period and per session', () => {
    expect(
      play({ maxCallsPerPeriod: 9 }, [
        [0, [mintCall(5)]],
        [0, [mintCall(4), mintCall(3)]],
        [0, [mintCall(4), mintCall(2)]],
        [30, [mintCall(1)]],
        [30, [mintCall(0)]],
        [60, [mintCall(4)]],
        [120, [mintCall(3)]],
        [120, [mintCall(2)]],
      ]),
    ).toEqual([
      ...['argument_not_allowed', 'argument_period_sum_exceeded', 'ok'],
      ...['argument_period_sum_exceeded', 'ok', 'ok'],
      ...['argument_sum_exceeded', 'ok'],
    ])
  })

  test('behavior: no more in any window than allowed, however calls fall', () => {
    const gaps = fc.array(fc.nat(50), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(gaps, (waits) => {
        let usage = emptyUsage()
        let now = START
        const perWindow = new Map<number, number>()
        for (const wait of waits) {
          now += wait
          const verdict = evaluate(
            makeTerms([{ ...mint, rules: [] }]),
            [mintCall(0)],
            usage,
            now,
          )
          const window = Math.floor((now - START) / 60)
          const before = perWindow.get(window) ?? 0
          const total = [...perWindow.values()].reduce((a, b) => a + b, 0)
          expect(codeOf(verdict)).toBe(
            total >= 9
              ? 'call_limit_exceeded'
              : before >= 2
                ? 'call_period_limit_exceeded'
                : 'ok',
          )
          if (!verdict.ok) continue
          usage = verdict.usage
          perWindow.set(window, before + 1)
          expect(usage.cells.slice(0, 3)).toEqual([
            ...[total + 1, window, before + 1],
          ])
        }
      }),
    )
  })
})

describe('rules', () => {
  test('error: arguments that are missing, long, or not what the ABI writes', () => {
    const raw = (...words: Hex[]): Call => ({
      ...{ to, value: 0n },
      data: concatHex([selectorOf(mint.signature), ...words]),
    })
    const one = pad(numberToHex(1), { size: 32 })
    expect(
      [
        raw(),
        raw(one.slice(0, -2) as Hex),
        raw(one),
        raw(one, '0xdead'),
        raw(`0x${'f'.repeat(64)}`),
      ].map((call) => play({}, [[0, [call]]])[0]),
    ).toEqual([
      ...['arguments_too_short', 'arguments_too_short', 'ok', 'ok'],
      'argument_not_allowed',
    ])
  })

  test('behavior: a sum alone cannot come round', () => {
    const rules = [`sum(arg0) <= ${2n ** 112n - 1n}`]
    const huge: Call = {
      ...{ to, value: 0n },
      data: encodeCall(mint.signature, [2n ** 256n - 1n]),
    }
    expect(play({ rules }, [[0, [mintCall(1), huge]]])).toEqual([
      'argument_sum_exceeded',
    ])
  })
})

describe('tokens', () => {
  const permissions = [
    'transfer(address,uint256)',
    'transferFrom(address,address,uint256)',
    'approve(address,uint256)',
  ].map((signature) => makePermission({ to: token, signature, maxCalls: 99 }))
  const limit = { token, maxAmount: 100n, period: 60 } as const
  const terms = makeTerms(permissions, [{ ...limit, maxAmountPerPeriod: 40n }])
  const call = (index: number, ...args: unknown[]): Call => ({
    ...{ to: token, value: 0n },
    data: encodeCall(permissions[index]?.signature ?? '', args),
  })
  const send = (amount: bigint) => call(0, to, amount)
  const sendFrom = (amount: bigint) => call(1, account, to, amount)
  const approve = (amount: bigint) => call(2, to, amount)

  test('behavior: transfers and approvals are charged together, by what they name', () => {
    const verdict = evaluate(
      terms,
      [send(10n), approve(5n), sendFrom(25n)],
      emptyUsage(),
      START + 60,
    )
    const usage = verdict.ok ? verdict.usage : emptyUsage()
    expect(usage.meters[spendMeterOf(0)]).toEqual({
      ...{ total: 40n, window: 1, inWindow: 40n },
    })
    const again = (calls: Call[], at: number) =>
      codeOf(evaluate(terms, calls, usage, START + at))
    expect(again([send(1n)], 119)).toBe('spend_period_limit_exceeded')
    expect(again([send(40n)], 120)).toBe('ok')
    expect(again([sendFrom(61n)], 120)).toBe('spend_limit_exceeded')
    expect(again([approve(61n)], 120)).toBe('spend_limit_exceeded')
    expect(again([approve(1n)], 119)).toBe('spend_period_limit_exceeded')
    expect(again([approve(10n ** 30n)], 120)).toBe('spend_limit_exceeded')
  })

  test('error: too many approvals, missing arguments', () => {
    const judge = (calls: Call[]) =>
      codeOf(evaluate(terms, calls, emptyUsage(), START))
    expect(judge(Array(8).fill(approve(1n)))).toBe('ok')
    expect(judge(Array(9).fill(approve(1n)))).toBe('too_many_approvals')
    expect(
      judge([{ ...send(1n), data: send(1n).data.slice(0, -2) as Hex }]),
    ).toBe('arguments_too_short')
  })
})

describe('what is said', () => {
  const refusal = (
    change: Partial<Permission>,
    calls: Call[],
    usage = emptyUsage(),
  ) => {
    const verdict = evaluate(
      makeTerms([{ ...mint, ...change }]),
      ...[calls, usage, START + 70],
    )
    if (verdict.ok) throw new Error('not refused')
    const { message, remedy, details } = serializeError(verdict.error)
    return { says: `${message} ${remedy}`, ...details }
  }

  test('behavior: each limit says what happened, which limit, and what to do', () => {
    const spent = emptyUsage()
    spent.cells.splice(0, 3, 9, 1, 1)
    const ofPeriod = emptyUsage()
    ofPeriod.cells.splice(0, 3, 4, 1, 2)
    expect([
      refusal({}, [mintCall(1)], spent),
      refusal({}, [mintCall(1)], ofPeriod),
      refusal({}, [mintCall(1, 6n)]),
      refusal({}, [mintCall(1, 5n), mintCall(1, 5n)]),
      refusal({ maxValue: 8n }, [mintCall(1, 5n), mintCall(1, 5n)]),
      refusal({}, [mintCall(5)]),
      refusal({}, [mintCall(4), mintCall(4)]),
      refusal({ period: 10_000 }, [mintCall(4), mintCall(4)]),
      refusal({ rules: ['sum(arg0) <= 3'] }, [mintCall(4)]),
      refusal({}, [{ ...mintCall(1), data: selectorOf(mint.signature) }]),
    ]).toMatchInlineSnapshot(`
      [
        {
          "index": 0,
          "maxCalls": 9,
          "says": "You have used up this action for this session. Start a new session to keep playing.",
          "used": "9",
        },
        {
          "index": 0,
          "maxCallsPerPeriod": 2,
          "nextPeriodAt": 1120,
          "period": 60,
          "says": "You have used up this action for this period. Wait 50 seconds, until the next period starts.",
          "used": "2",
        },
        {
          "index": 0,
          "maxValuePerCall": "5",
          "says": "This costs more than one action may cost. Choose something cheaper.",
          "value": "6",
        },
        {
          "index": 0,
          "maxValuePerPeriod": "8",
          "nextPeriodAt": 1120,
          "period": 60,
          "says": "Your session has spent all it may spend in this period. Wait 50 seconds, until the next period starts.",
          "used": "5",
        },
        {
          "index": 0,
          "maxValue": "8",
          "says": "Your session has spent all it may spend. Start a new session to keep playing.",
          "used": "5",
        },
        {
          "argument": "0x5",
          "index": 0,
          "rule": 0,
          "says": "Your session does not allow this action with these details. Choose something that the session allows.",
          "word": 0,
        },
        {
          "index": 0,
          "max": "6",
          "nextPeriodAt": 1120,
          "rule": 1,
          "says": "Your session has used up an amount it may use in this period. Wait 50 seconds, until the next period starts.",
          "used": "4",
          "word": 0,
        },
        {
          "index": 0,
          "max": "6",
          "rule": 1,
          "says": "Your session has used up an amount it may use in this period. Start a new session to keep playing.",
          "used": "4",
          "word": 0,
        },
        {
          "index": 0,
          "max": "3",
          "rule": 0,
          "says": "Your session has used up an amount it may use in all. Choose a smaller amount.",
          "used": "0",
          "word": 0,
        },
        {
          "bytes": 0,
          "index": 0,
          "says": "The call lacks an argument that has a limit. Ask the studio: the game needs another policy.",
          "word": 0,
        },
      ]
    `)
  })
})
