import {
  type Address,
  concatHex,
  getAddress,
  type Hex,
  hexToBigInt,
  hexToNumber,
  keccak256,
  numberToHex,
  size,
  slice,
} from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { Permission } from './permission'
import { selectorOf } from './selector'

/** One entry of a packed table, as the contract reads it. */
export type TableEntry = {
  to: Address
  selector: Hex
  /** Calls over the whole session. */
  maxCalls: number
  /** Wei that one call may carry. */
  maxValuePerCall: bigint
  /** Wei over the whole session. */
  maxValue: bigint
}

/** Flag bit: calls of the entry may carry value, and two limits follow. */
export const FLAG_VALUE = 1
const PLAIN_SIZE = 29
const VALUE_SIZE = 32

/** Whether the contract's flag bit 0 is set for this permission. */
export function carriesValue(permission: { maxValue: bigint }): boolean {
  return permission.maxValue > 0n
}

function encodeEntry(permission: Permission): Hex {
  const withValue = carriesValue(permission)
  return concatHex([
    numberToHex(withValue ? FLAG_VALUE : 0, { size: 1 }),
    permission.to,
    selectorOf(permission.signature),
    numberToHex(permission.maxCalls, { size: 4 }),
    ...(withValue
      ? [
          numberToHex(permission.maxValuePerCall, { size: 16 }),
          numberToHex(permission.maxValue, { size: 16 }),
        ]
      : []),
  ]).toLowerCase() as Hex
}

/** Packed table of `permissions`, in their order: `flags(1) ‖ to(20) ‖ selector(4) ‖ maxCalls(4) ‖ [maxValuePerCall(16) ‖ maxValue(16)]` each. */
export function encodeTable(permissions: readonly Permission[]): Hex {
  return concatHex(permissions.map(encodeEntry))
}

/** Hash that the session id commits to. */
export function tableHashOf(permissions: readonly Permission[]): Hex {
  return keccak256(encodeTable(permissions))
}

/**
 * Entries of a packed table.
 * @throws PlaykeyError `invalid_table` when flags are unknown or bytes are missing.
 */
export function decodeTable(table: Hex): TableEntry[] {
  const entries: TableEntry[] = []
  const length = size(table)
  let at = 0
  while (at < length) {
    const flags = hexToNumber(slice(table, at, at + 1))
    const end = at + PLAIN_SIZE + (flags & FLAG_VALUE ? VALUE_SIZE : 0)
    if (flags > FLAG_VALUE || end > length) {
      throw new PlaykeyError('invalid_table', { details: { offset: at } })
    }
    const value = at + PLAIN_SIZE
    entries.push({
      to: getAddress(slice(table, at + 1, at + 21)),
      selector: slice(table, at + 21, at + 25),
      maxCalls: hexToNumber(slice(table, at + 25, value)),
      maxValuePerCall:
        flags === 0 ? 0n : hexToBigInt(slice(table, value, value + 16)),
      maxValue: flags === 0 ? 0n : hexToBigInt(slice(table, value + 16, end)),
    })
    at = end
  }
  return entries
}
