import type { Address, Hex } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import { type CompiledRule, parseRule } from './compile-rule'
import { parseFunctionSignature } from './function-signature'
import { MAX_CELLS, MAX_METERS } from './limits'
import type { Permission } from './permission'
import { selectorOf } from './selector'
import type { SpendLimit, Terms } from './terms'
import { termsErrorCodes } from './terms-error'
import { type TokenFunction, tokenFunctionOf } from './token-function'

/** One entry of a table: what a permission comes to on chain. */
export type TableEntry = {
  to: Address
  selector: Hex
  /** Calls over the whole session. */
  maxCalls: number
  /** Wei that one call may carry. */
  maxValuePerCall: bigint
  /** Wei over the whole session. */
  maxValue: bigint
  /** Seconds; 0 = none. */
  period: number
  maxCallsPerPeriod: number
  maxValuePerPeriod: bigint
  tokenFunction: TokenFunction
  /** First of its counter cells: one, with a period three. */
  cell: number
  /** Meter of its value; 0 without value. */
  valueMeter: number
  rules: CompiledRule[]
  /** Meter per rule; 0 where the rule is not a sum. */
  sumMeters: number[]
}

/** Terms as the chain checks them. */
export type Table = {
  entries: TableEntry[]
  /** The meter of spend `k` is `spendMeterOf(k)`. */
  spends: SpendLimit[]
}

/** Meter of a spend limit: they are dealt from the last one downwards. */
export function spendMeterOf(index: number): number {
  return MAX_METERS - 1 - index
}

/** Counter cells that a permission takes. */
export function cellsOf(permission: { period: number }): number {
  return permission.period > 0 ? 3 : 1
}

function compileRules(permission: Permission, index: number): CompiledRule[] {
  if (permission.rules.length === 0) return []
  const signature = parseFunctionSignature(permission.signature)
  const context = {
    words: signature?.words ?? [],
    hasPeriod: permission.period > 0,
  }
  return permission.rules.map((text, rule) => {
    const compiled = parseRule(text, context)
    if (typeof compiled !== 'string') return compiled
    throw new PlaykeyError(termsErrorCodes[compiled], {
      details: {
        error: compiled,
        field: `permissions.${index}.rules.${rule}`,
      },
    })
  })
}

/**
 * The table of `terms`, with cells and meters dealt as the contract deals them. Limits are not checked here: see `checkTerms`.
 * @throws PlaykeyError when a rule cannot be compiled, or there are not enough cells or meters.
 */
export function compileTerms({ permissions, spendLimits }: Terms): Table {
  let cell = 0
  let meter = 0
  const entries = permissions.map((permission, index): TableEntry => {
    const rules = compileRules(permission, index)
    const entry: TableEntry = {
      to: permission.to,
      selector: selectorOf(permission.signature),
      maxCalls: permission.maxCalls,
      maxValuePerCall: permission.maxValuePerCall,
      maxValue: permission.maxValue,
      period: permission.period,
      maxCallsPerPeriod: permission.maxCallsPerPeriod,
      maxValuePerPeriod: permission.maxValuePerPeriod,
      tokenFunction: tokenFunctionOf(permission.signature),
      cell,
      valueMeter: permission.maxValue > 0n ? meter++ : 0,
      rules,
      sumMeters: rules.map(({ kind }) => (kind === 'sum' ? meter++ : 0)),
    }
    cell += cellsOf(permission)
    return entry
  })
  if (cell > MAX_CELLS) {
    throw new PlaykeyError('too_many_counters', {
      details: { error: 'TooManyCounters', count: cell, max: MAX_CELLS },
    })
  }
  const meters = meter + spendLimits.length
  if (meters > MAX_METERS) {
    throw new PlaykeyError('too_many_meters', {
      details: { error: 'TooManyMeters', count: meters, max: MAX_METERS },
    })
  }
  return { entries, spends: [...spendLimits] }
}
