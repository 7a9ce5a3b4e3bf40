import type { Address, Hex } from 'viem'
import type { ActionResult } from '@/lib/errors/action-result'
import type { Policy } from '@/lib/policy/policy'
import type { PublicConfig } from '@/lib/rpc/public-config'
import type {
  GrantParams,
  GrantResult,
  RenewalParams,
  UnsignedGrant,
} from '@/lib/rpc/session-methods'
import type { PlayReport } from '@/lib/session/play-report'
import type { SessionJson, SessionKey } from '@/lib/session/session'
import type { SessionView } from '@/lib/session/session-view'
import type { RevokeOwnSession } from './revoke-session'
import type { SignableTypedData } from './wallet-signature'

/** Server actions of a game page. */
export type GameActions = {
  prepareGrant: (input: {
    gameSlug: string
    key: SessionKey
    durationSeconds: number
  }) => Promise<ActionResult<{ session: SessionJson; owner: Hex }>>
  prepareRenewal: (input: RenewalParams) => Promise<ActionResult<UnsignedGrant>>
  grant: (input: GrantParams) => Promise<ActionResult<GrantResult>>
  report: (batch: PlayReport) => Promise<ActionResult<unknown>>
  revoke: RevokeOwnSession
}

export type GameSessionOptions = {
  config: PublicConfig
  /** Latest published version. */
  policy: Policy
  ownerAddress: Address
  initialSession: SessionView | null
  actions: GameActions
  /** One prompt of the owner's wallet. */
  signWithOwner: (typedData: SignableTypedData) => Promise<Hex>
}
