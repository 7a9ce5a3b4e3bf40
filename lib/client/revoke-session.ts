import type { Address, Hex } from 'viem'
import { type ActionResult, unwrapResult } from '@/lib/errors/action-result'
import type { RevocationParams } from '@/lib/rpc/session-methods'
import type { RevokeView } from '@/lib/session/admin-view'
import {
  hashRevocation,
  revocationTypedData,
} from '@/lib/session/revocation-typed-data'
import type { SessionView } from '@/lib/session/session-view'
import type { SigningDomain } from '@/lib/session/typed-data-domain'
import type { KeyStore } from './key-store'
import type { SignableTypedData } from './wallet-signature'

/** Server action that ends one of the player's own sessions. */
export type RevokeOwnSession = (
  input: RevocationParams,
) => Promise<ActionResult<RevokeView>>

type Revocable = Pick<SessionView, 'id' | 'account' | 'key'>

/**
 * Asks for the end of a session: signed silently by the session key if this browser holds it, else by the owner's wallet with one prompt.
 * The key is kept: wiping it is for when the chain has confirmed.
 * @throws PlaykeyError the wallet's or the server's refusal
 */
export async function requestRevocation(input: {
  session: Revocable
  domain: SigningDomain
  keyStore: KeyStore
  signWithOwner: (typedData: SignableTypedData) => Promise<Hex>
  revoke: RevokeOwnSession
}): Promise<RevokeView> {
  const { session, domain, keyStore, signWithOwner, revoke } = input
  const revocation: { account: Address; sessionId: Hex } & SigningDomain = {
    ...domain,
    account: session.account,
    sessionId: session.id,
  }
  const { publicKey } = session.key
  const isOurs = await keyStore.hasKey(publicKey)
  const signature = isOurs
    ? await keyStore.sign(publicKey, hashRevocation(revocation))
    : await signWithOwner(revocationTypedData(revocation))
  const by = isOurs ? 'key' : 'owner'
  return unwrapResult(await revoke({ sessionId: session.id, by, signature }))
}

const POLL_MS = 700
const MAX_POLLS = 170

/** Waits until the chain has the end of a session, for at most two minutes. @returns the ended session, or null when it did not come. */
export async function waitForRevocation(
  getSession: () => Promise<SessionView>,
  isDone: () => boolean = () => false,
): Promise<SessionView | null> {
  for (let poll = 0; poll < MAX_POLLS && !isDone(); poll += 1) {
    const view = await getSession().catch(() => null)
    if (view?.status === 'revoked') return view
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  return null
}
