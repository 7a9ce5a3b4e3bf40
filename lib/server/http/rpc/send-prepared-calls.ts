import { numberToHex } from 'viem'
import type { z } from 'zod'
import { PlaykeyError } from '@/lib/errors/base-error'
import { fromCallJson } from '@/lib/intent/intent-schema'
import type {
  SendPreparedCallsResult,
  sendPreparedCallsParamsSchema,
} from '@/lib/rpc/calls-methods'
import { admitIntent } from '../../relay/admission/admit-intent'
import { type MethodContext, relayContext } from './method-context'

type Params = z.output<typeof sendPreparedCallsParamsSchema>[0]

/**
 * `wallet_sendPreparedCalls` (ERC-7836): takes a signed intent over. Durable when answered; the same one again gives
 * the same id.
 */
export async function sendPreparedCalls(
  [{ chainId, context, signature }]: [Params],
  { patience }: MethodContext,
): Promise<SendPreparedCallsResult> {
  const relay = relayContext()
  if (Number(chainId) !== relay.chainId)
    throw new PlaykeyError('unsupported_chain', {
      details: { supported: [numberToHex(relay.chainId)] },
    })
  const { account, sessionId, lane, sequence, expiry, callGas } = context
  const intent = {
    account: account.address,
    ...{ sessionId, lane, sequence, expiry, callGas },
    calls: context.calls.map(fromCallJson),
  }
  const id = await admitIntent(relay, { intent, signature }, patience)
  return [{ id }]
}
