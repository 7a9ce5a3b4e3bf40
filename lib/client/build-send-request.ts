import { PlaykeyError } from '@/lib/errors/base-error'
import { callGasOf } from '@/lib/intent/call-gas'
import { encodeCall } from '@/lib/permission/function-signature'
import type { Policy } from '@/lib/policy/policy'
import type { SendRequest } from './intent-queue'

/** What a game may say about an intent besides its arguments. */
export type SendMeta = {
  /** What the player calls it. */
  label?: string
  /** Wei that the call carries. */
  valueWei?: bigint
}

/**
 * One call of the action at `actionIndex` of the policy.
 * @throws PlaykeyError `call_not_permitted` when there is no such action; viem's errors when `args` do not fit.
 */
export function buildSendRequest(
  policy: Policy,
  actionIndex: number,
  args: readonly unknown[],
  meta: SendMeta = {},
): SendRequest {
  const action = policy.document.actions[actionIndex]
  if (!action) throw new PlaykeyError('call_not_permitted')
  const { to, signature } = action.permission
  const data = encodeCall(signature, args)
  return {
    calls: [{ to, value: meta.valueWei ?? 0n, data }],
    callGas: callGasOf([action.gasLimit]),
    action: signature,
    label: meta.label ?? action.name,
  }
}
