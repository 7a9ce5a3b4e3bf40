import type { Address, Hex } from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import { parseParams } from '@/lib/rpc/json-rpc'
import { computeAccountAddress } from '@/lib/session/account-address'
import { fromSessionJson } from '@/lib/session/session-json'
import { sessionTypedData } from '@/lib/session/session-typed-data'
import type { SigningDomain } from '@/lib/session/typed-data-domain'
import type { KeyStore } from '../key-store'
import type { RelayClient } from '../relay-client'
import type { SignableTypedData } from '../wallet-signature'
import { type DialectGrant, narrowTerms, toDialectGrant } from './dialect-grant'
import { grantRequestSchema } from './grant-schema'

export type GrantContext = {
  owner: Address
  factory: Address
  domain: SigningDomain
  relay: RelayClient
  keyStore: KeyStore
  /** Policy of requests that name none. */
  policyId: Hex | null
  /** Unix seconds as the server sees them. */
  nowSeconds: () => number
  /** One prompt of the owner's wallet. */
  signTypedData: (typedData: SignableTypedData) => Promise<Hex>
}

/**
 * `wallet_grantPermissions`: a session of a published policy, no wider than asked, signed by the owner with one prompt. Without a `key` the provider makes one and keeps it.
 * @throws PlaykeyError
 */
export async function grantPermissions(
  params: unknown,
  context: GrantContext,
): Promise<DialectGrant> {
  const request = parseParams(grantRequestSchema, params)
  const { owner, domain, relay, keyStore } = context
  const policyId = request.capabilities?.playkey?.policyId ?? context.policyId
  if (!policyId) {
    throw new PlaykeyError('unsupported_capability', {
      message: 'A session needs a published policy.',
      remedy: 'Name one in capabilities.playkey.policyId.',
    })
  }
  const durationSeconds = request.expiry - context.nowSeconds()
  if (durationSeconds <= 0) throw new PlaykeyError('invalid_window')
  const key = request.key ?? (await keyStore.createKey())
  const proposal = await relay.call('playkey_prepareGrant', [
    { owner, policyId, key, durationSeconds },
  ])
  const account = computeAccountAddress(
    context.factory,
    owner.toLowerCase() as Hex,
  )
  const session = {
    ...proposal.session,
    // Exactly these, whatever the relay answered.
    ...{ account, policyId, key, validUntil: request.expiry },
    validAfter: request.expiry - durationSeconds,
    terms: narrowTerms(proposal.session.terms, request.permissions),
  }
  const signature = await context.signTypedData(
    sessionTypedData({ session: fromSessionJson(session), ...domain }),
  )
  const { sessionId, status } = await relay.call('playkey_grant', [
    { session, owner: owner.toLowerCase() as Hex, signature },
  ])
  if (!request.key) {
    await keyStore.saveRecord({
      ...{ ...domain, owner, session, sessionId },
      publicKey: key.publicKey,
      gameSlug: '',
      createdAtMs: context.nowSeconds() * 1_000,
    })
  }
  return toDialectGrant({ ...session, id: sessionId, status }, domain.chainId)
}
