import { concatHex, type Hex, numberToHex } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { TableEntry } from '../permission/compile-terms'
import { carriesValue } from '../permission/encode-table'
import type { Permission } from '../permission/permission'
import { selectorOf } from '../permission/selector'
import { findEntryIndex } from './evaluate-intent'
import type { Call, SignedIntent } from './intent'

/** What writing a call needs to know of the entries of its session. */
type Entry = Pick<TableEntry, 'to' | 'selector' | 'maxValue'>

function encodeCall(call: Call, entries: readonly Entry[]): Hex {
  const index = findEntryIndex(entries, call)
  const entry = entries[index]
  if (entry === undefined) {
    throw new PlaykeyError('call_not_permitted', {
      details: { to: call.to, selector: call.data.slice(0, 10) },
    })
  }
  const withValue = carriesValue(entry)
  if (call.value > 0n && !withValue) {
    throw new PlaykeyError('value_not_allowed', { details: { index } })
  }
  const args = call.data.slice(10)
  const zeros = countLeadingZeros(args)
  const given = args.slice(zeros * 2)
  return concatHex([
    numberToHex(zeros * 8 + index, { size: 1 }),
    numberToHex(given.length / 2, { size: 2 }),
    ...(withValue ? [numberToHex(call.value, { size: 16 })] : []),
    `0x${given}`,
  ])
}

/** Zero bytes at the start of the arguments, as far as a call can leave them out. */
function countLeadingZeros(args: string): number {
  const digits = args.search(/[^0]/)
  return Math.min((digits === -1 ? args.length : digits) >> 1, 31)
}

/**
 * Bytes of one signed intent, complete; a bundle leaves out what goes without saying (see `encodeSections`):
 * `lane(4) ‖ sequence(4) ‖ furtherCalls(1) ‖ expiry(5) ‖ callGas(4) ‖ signature(64) ‖ calls`.
 * @param permissions In table order.
 * @throws PlaykeyError `call_not_permitted` or `value_not_allowed` when a call cannot be written with this table at all.
 */
export function encodeIntent(
  signed: SignedIntent,
  permissions: readonly Permission[],
): Hex {
  const entries = permissions.map(({ to, signature, maxValue }) => ({
    ...{ to, maxValue, selector: selectorOf(signature) },
  }))
  return encodeIntentFor(signed, entries)
}

/** As `encodeIntent`, for the entries of a table. */
export function encodeIntentFor(
  { intent, signature }: SignedIntent,
  entries: readonly Entry[],
): Hex {
  return concatHex([
    numberToHex(intent.lane, { size: 4 }),
    numberToHex(intent.sequence, { size: 4 }),
    numberToHex(intent.calls.length - 1, { size: 1 }),
    numberToHex(intent.expiry, { size: 5 }),
    numberToHex(intent.callGas, { size: 4 }),
    signature,
    ...intent.calls.map((call) => encodeCall(call, entries)),
  ]).toLowerCase() as Hex
}
