import { concatHex, type Hex, numberToHex, size, slice } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import { carriesValue } from '../permission/encode-table'
import { findPermissionIndex } from '../permission/find-permission'
import type { Permission } from '../permission/permission'
import type { Call, SignedIntent } from './intent'

function encodeCall(call: Call, permissions: readonly Permission[]): Hex {
  const index = findPermissionIndex(permissions, call)
  const permission = permissions[index]
  if (permission === undefined) {
    throw new PlaykeyError('call_not_permitted', {
      details: { to: call.to, selector: call.data.slice(0, 10) },
    })
  }
  const withValue = carriesValue(permission)
  if (call.value > 0n && !withValue) {
    throw new PlaykeyError('value_not_allowed', { details: { index } })
  }
  const args = size(call.data) > 4 ? slice(call.data, 4) : '0x'
  const zeros = countLeadingZeros(args)
  const given = size(args) > zeros ? slice(args, zeros) : '0x'
  return concatHex([
    numberToHex(zeros * 8 + index, { size: 1 }),
    numberToHex(size(given), { size: 2 }),
    ...(withValue ? [numberToHex(call.value, { size: 16 })] : []),
    given,
  ])
}

/** Zero bytes at the start of the arguments, as far as a call can leave them out. */
function countLeadingZeros(args: Hex): number {
  const digits = args.slice(2).search(/[^0]/)
  return Math.min(digits === -1 ? size(args) : digits >> 1, 31)
}

/**
 * Bytes of one signed intent, complete; a bundle leaves out what goes without saying (see `encodeSections`):
 * `lane(4) ‖ sequence(4) ‖ furtherCalls(1) ‖ expiry(5) ‖ callGas(4) ‖ signature(64) ‖ calls`.
 * @param permissions In table order.
 * @throws PlaykeyError `call_not_permitted` or `value_not_allowed` when a call cannot be written with this table at all.
 */
export function encodeIntent(
  { intent, signature }: SignedIntent,
  permissions: readonly Permission[],
): Hex {
  return concatHex([
    numberToHex(intent.lane, { size: 4 }),
    numberToHex(intent.sequence, { size: 4 }),
    numberToHex(intent.calls.length - 1, { size: 1 }),
    numberToHex(intent.expiry, { size: 5 }),
    numberToHex(intent.callGas, { size: 4 }),
    signature,
    ...intent.calls.map((call) => encodeCall(call, permissions)),
  ]).toLowerCase() as Hex
}
