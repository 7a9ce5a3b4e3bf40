import { type Hex, isAddressEqual, size, slice } from 'viem'
import { remedies } from '@/lib/errors/error-row'
import type { CompiledRule } from '../permission/compile-rule'
import {
  spendMeterOf,
  type Table,
  type TableEntry,
} from '../permission/compile-terms'
import { APPROVE, amountWordOf } from '../permission/token-function'
import { SIGN_BIAS } from '../permission/word-type'
import { MAX_APPROVALS_PER_INTENT } from '../session/limits'
import type { Call } from './intent'
import { type Refusal, refuse, waitUntil } from './refusal'
import type { Overrun, UsageLedger } from './usage-ledger'

/** Bytes of an argument word. */
const WORD_SIZE = 32

/** A call and the entry that allows it. */
type Charge = {
  ledger: UsageLedger
  table: Table
  entry: TableEntry
  /** Of the entry in the table. */
  index: number
  call: Call
}

/** Word `index` of the arguments behind the selector, or null when they end before. */
function wordAt(data: Hex, index: number): bigint | null {
  const start = 4 + WORD_SIZE * index
  if (size(data) < start + WORD_SIZE) return null
  return BigInt(slice(data, start, start + WORD_SIZE))
}

function tooShort({ index, call }: Charge, word: number): Refusal {
  const bytes = Math.max(size(call.data) - 4, 0)
  return refuse('arguments_too_short', { index, word, bytes })
}

function overLimit(
  { scope, used, isTooMuch }: Overrun,
  codes: Record<Overrun['scope'], Refusal['code']>,
  details: Refusal['details'],
  { ledger, period }: { ledger: UsageLedger; period: number },
): Refusal {
  const refusal = refuse(codes[scope], { ...details, used: used.toString() })
  if (isTooMuch) return { ...refusal, remedy: 'Choose a smaller amount.' }
  if (scope === 'session') return refusal
  const { nowSeconds, validUntil } = ledger.clock
  const nextPeriodAt = ledger.nextPeriodAt(period)
  // A period that starts after the end is none.
  if (nextPeriodAt >= validUntil) return { ...refusal, remedy: remedies.renew }
  return waitUntil(refusal, { nowSeconds, nextPeriodAt })
}

function countCall({ ledger, entry, index }: Charge): Refusal | null {
  const { maxCalls, period, maxCallsPerPeriod } = entry
  const overrun = ledger.countCall(entry.cell, {
    max: BigInt(maxCalls),
    period,
    maxPerPeriod: BigInt(maxCallsPerPeriod),
  })
  if (overrun === null) return null
  const codes = {
    session: 'call_limit_exceeded',
    period: 'call_period_limit_exceeded',
  } as const
  const details =
    overrun.scope === 'session' ? { maxCalls } : { period, maxCallsPerPeriod }
  return overLimit(overrun, codes, { index, ...details }, { ledger, period })
}

function chargeValue({ ledger, entry, index, call }: Charge): Refusal | null {
  const { value } = call
  if (value === 0n) return null
  const { maxValuePerCall, maxValue, maxValuePerPeriod, period } = entry
  if (value > maxValuePerCall) {
    return refuse('value_per_call_exceeded', {
      index,
      value: value.toString(),
      maxValuePerCall: maxValuePerCall.toString(),
    })
  }
  const overrun = ledger.charge(entry.valueMeter, value, {
    max: maxValue,
    period,
    maxPerPeriod: maxValuePerPeriod,
  })
  if (overrun === null) return null
  const codes = {
    session: 'value_limit_exceeded',
    period: 'value_period_limit_exceeded',
  } as const
  const details =
    overrun.scope === 'session'
      ? { maxValue: maxValue.toString() }
      : { period, maxValuePerPeriod: maxValuePerPeriod.toString() }
  return overLimit(overrun, codes, { index, ...details }, { ledger, period })
}

function chargeSum(
  charge: Charge,
  rule: Extract<CompiledRule, { kind: 'sum' }>,
  number: number,
  amount: bigint,
): Refusal | null {
  const { ledger, entry, index } = charge
  const { period } = entry
  const { max, maxPerPeriod, word } = rule
  const overrun = ledger.charge(entry.sumMeters[number] ?? 0, amount, {
    ...{ max, period, maxPerPeriod },
  })
  if (overrun === null) return null
  const codes = {
    session: 'argument_sum_exceeded',
    period: 'argument_period_sum_exceeded',
  } as const
  const limit = overrun.scope === 'session' ? max : maxPerPeriod
  const details = { index, rule: number, word, max: limit.toString() }
  return overLimit(overrun, codes, details, { ledger, period })
}

function checkRule(
  charge: Charge,
  rule: CompiledRule,
  number: number,
): Refusal | null {
  const argument = wordAt(charge.call.data, rule.word)
  if (argument === null) return tooShort(charge, rule.word)
  if (rule.kind === 'sum') return chargeSum(charge, rule, number, argument)
  const word = rule.isSigned ? argument ^ SIGN_BIAS : argument
  if (rule.ranges.some(({ low, high }) => word >= low && word <= high)) {
    return null
  }
  const { index } = charge
  return refuse('argument_not_allowed', {
    ...{ index, rule: number, word: rule.word },
    argument: `0x${argument.toString(16)}`,
  })
}

/** Charges the amount that a token function names, moved or allowed. */
function chargeTokens(charge: Charge): Refusal | null {
  const { ledger, table, entry, index, call } = charge
  if (entry.tokenFunction === 0) return null
  const word = amountWordOf(entry.tokenFunction)
  const amount = wordAt(call.data, word)
  if (amount === null) return tooShort(charge, word)
  if (entry.tokenFunction === APPROVE && !ledger.countApproval())
    return refuse('too_many_approvals', { max: MAX_APPROVALS_PER_INTENT })
  const spend = table.spends.findIndex(({ token }) =>
    isAddressEqual(token, entry.to),
  )
  const limit = table.spends[spend]
  if (limit === undefined) return null
  const { maxAmount, period, maxAmountPerPeriod, token } = limit
  const overrun = ledger.charge(spendMeterOf(spend), amount, {
    max: maxAmount,
    period,
    maxPerPeriod: maxAmountPerPeriod,
  })
  if (overrun === null) return null
  const codes = {
    session: 'spend_limit_exceeded',
    period: 'spend_period_limit_exceeded',
  } as const
  const max = overrun.scope === 'session' ? maxAmount : maxAmountPerPeriod
  const details = { index, token, max: max.toString() }
  return overLimit(overrun, codes, details, { ledger, period })
}

/** After the calls every token is charged what was measured beyond what the calls named; here that is nothing, but the meters move on to the present period. */
export function settleTokens(table: Table, ledger: UsageLedger): void {
  table.spends.forEach(({ maxAmount, period, maxAmountPerPeriod }, index) => {
    ledger.charge(spendMeterOf(index), 0n, {
      ...{ max: maxAmount, period, maxPerPeriod: maxAmountPerPeriod },
    })
  })
}

/** Charges one call to the ledger, or says which limit it breaks: calls, value, rules in order, tokens, as on chain. */
export function chargeCall(charge: Charge): Refusal | null {
  const early = countCall(charge) ?? chargeValue(charge)
  if (early) return early
  for (const [number, rule] of charge.entry.rules.entries()) {
    const refusal = checkRule(charge, rule, number)
    if (refusal) return refusal
  }
  return chargeTokens(charge)
}
