import type { Address, Hex } from 'viem'
import type { PermissionJson, PermissionUsage } from '../permission/permission'
import type { SpendLimitJson, SpendUsage } from '../permission/terms'
import type { SessionState, SessionStatus } from './session'
import type { SessionUsageJson } from './session-usage'

/** One permission of a session with what was used of it. */
export type PermissionView = PermissionUsage & {
  /** Name from the policy document, else the function's name. */
  name: string
  description: string
  permission: PermissionJson
  gasLimit: number
}

/** One spend limit of a session with what was spent of it. */
export type SpendView = SpendUsage & { limit: SpendLimitJson }

/** A later end that the owner has signed and the chain does not know yet; the next intent carries it there. */
export type RenewalView = {
  /** Unix seconds, exclusive. */
  validUntil: number
  /** Error code with which the chain refused it. */
  error: string | null
}

/** A session as the server hands it to pages: plain JSON, times as unix seconds or ISO strings. */
export type SessionView = {
  id: Hex
  account: Address
  ownerAddress: Address | null
  game: { slug: string; name: string } | null
  policyId: Hex | null
  policyVersion: number | null
  /** Furthest from now that it can be extended: what its policy allows, in seconds. */
  maxDurationSeconds: number
  status: SessionStatus
  /** Derived at `now` of the request. */
  state: SessionState
  key: { scheme: 'p256' | 'secp256k1'; publicKey: Hex }
  epoch: number
  tableHash: Hex
  /** Unix seconds, inclusive. */
  validAfter: number
  /** Unix seconds, exclusive. */
  validUntil: number
  renewal: RenewalView | null
  /** In table order; with the spends' limits the session's terms. Empty when a session was granted elsewhere with terms we do not know. */
  permissions: PermissionView[]
  spends: SpendView[]
  /** What the chain has counted, from which the usage of permissions and spends is derived: for judging the next intent. */
  usage: SessionUsageJson
  /** Next sequence of lane 0. */
  nextSequence: number
  grantError: string | null
  revokedReason: string | null
  /** Who ended it, in words: `you`, `the studio`, `an admin`, `the session key`. */
  revokedBy: string | null
  revokedTxHash: Hex | null
  activatedTxHash: Hex | null
  createdAt: string
  lastActivityAt: string | null
  intents: {
    queued: number
    submitted: number
    confirmed: number
    reverted: number
    rejected: number
    /** Of the settled ones, those in blocks that may still be undone. */
    included: number
  }
  play: {
    playSeconds: number
    latencyAverageMs: number | null
    latencyMaxMs: number | null
    refusals: Record<string, number>
    lastSeenAt: string
  } | null
}

/** One intent in an activity list. */
export type IntentView = {
  id: Hex
  sessionId: Hex
  /** Names of the actions called, in order. */
  actions: string[]
  status: 'queued' | 'submitted' | 'confirmed' | 'reverted' | 'rejected'
  /** How sure that is. */
  stage: 'queued' | 'submitted' | 'included' | 'final'
  reason: string | null
  txHash: Hex | null
  queuedAt: string
  settledAt: string | null
}
