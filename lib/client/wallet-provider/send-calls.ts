import { type Address, type Hex, numberToHex } from 'viem'
import { z } from 'zod'
import { PlaykeyError } from '@/lib/errors/base-error'
import {
  callListSchema,
  fromCallJson,
  fromIntentJson,
} from '@/lib/intent/intent-schema'
import { hashIntent } from '@/lib/intent/intent-typed-data'
import { findPermissionIndex } from '@/lib/permission/find-permission'
import {
  addressSchema,
  bytesSchema,
  quantitySchema,
} from '@/lib/permission/scalar-schema'
import { parseParams } from '@/lib/rpc/json-rpc'
import type { SigningDomain } from '@/lib/session/typed-data-domain'
import type { KeyStore } from '../key-store'
import type { RelayClient } from '../relay-client'
import type { SessionRecord } from '../session-record'

const sendCallsSchema = z.object({
  version: z.string().max(16).optional(),
  id: z.string().max(4_096).optional(),
  from: addressSchema.optional(),
  chainId: quantitySchema.optional(),
  atomicRequired: z.boolean().optional(),
  calls: callListSchema,
  capabilities: z
    .record(z.string(), z.looseObject({ optional: z.boolean().optional() }))
    .optional(),
})

export type SendContext = {
  account: Address
  domain: SigningDomain
  relay: RelayClient
  keyStore: KeyStore
  nowSeconds: () => number
}

/** Capabilities that `wallet_sendCalls` understands. */
const understood = new Set(['permissions', 'playkey'])

/**
 * `wallet_sendCalls` (EIP-5792): signed silently by a session key that this provider keeps and whose session covers every call. Never a pop-up: without such a session it is refused.
 * @throws PlaykeyError `unauthorised`, `unsupported_capability`, or the relay's refusal
 */
export async function sendCalls(
  params: unknown,
  context: SendContext,
): Promise<{ id: Hex }> {
  const request = parseParams(sendCallsSchema, params)
  const { domain, relay, keyStore, account } = context
  assertCapabilities(request.capabilities ?? {})
  if (request.id !== undefined) {
    throw new PlaykeyError('unsupported_capability', {
      message: 'Playkey gives calls their ids itself.',
      remedy: 'Leave `id` out.',
    })
  }
  const asked = bytesSchema(32).safeParse(request.capabilities?.permissions?.id)
  const record = await findRecord(request, context, asked.data ?? null)
  const prepared = await relay.call('wallet_prepareCalls', [
    {
      calls: request.calls,
      from: account,
      chainId: numberToHex(domain.chainId),
      capabilities: { playkey: { sessionId: record.sessionId } },
    },
  ])
  // The digest is ours: what is signed are the calls that were asked for, in this session.
  const { lane, sequence, expiry, callGas } = prepared.context
  const intent = fromIntentJson({
    ...{ account, sessionId: record.sessionId, calls: request.calls },
    ...{ lane, sequence, expiry, callGas },
  })
  const digest = hashIntent({ intent, ...domain })
  const signature = await keyStore.sign(record.publicKey, digest)
  const [result] = await relay.sendIntents([{ intent, signature }])
  if (result?.ok) return { id: result.id }
  throw result
    ? new PlaykeyError(result.error.code, result.error)
    : new PlaykeyError('temporarily_unavailable')
}

function assertCapabilities(
  capabilities: Record<string, { optional?: boolean | undefined }>,
): void {
  for (const [name, { optional }] of Object.entries(capabilities)) {
    if (understood.has(name) || optional) continue
    throw new PlaykeyError('unsupported_capability', {
      details: { capability: name },
    })
  }
}

async function findRecord(
  request: z.output<typeof sendCallsSchema>,
  { keyStore, account, nowSeconds, domain }: SendContext,
  sessionId: Hex | null,
): Promise<SessionRecord> {
  const calls = request.calls.map(fromCallJson)
  const records = await keyStore.listRecords()
  const record = records.find((candidate) => {
    const { session } = candidate
    const { permissions } = session.terms
    return (
      candidate.chainId === domain.chainId &&
      session.account.toLowerCase() === account.toLowerCase() &&
      session.validUntil > nowSeconds() &&
      (sessionId === null || candidate.sessionId === sessionId) &&
      calls.every((call) => findPermissionIndex(permissions, call) >= 0)
    )
  })
  if (record) return record
  throw new PlaykeyError('unauthorised', {
    message: 'No session of this browser covers these calls.',
    remedy: 'Ask for it with wallet_grantPermissions first.',
  })
}
