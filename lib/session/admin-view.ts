import type { Address, Hex } from 'viem'
import type { IntentView, SessionView } from './session-view'

/** One page of a list. */
export type Page<T> = {
  items: T[]
  /** From 1. */
  page: number
  pageSize: number
  /** Rows in all, counted up to 10,000. */
  total: number
  hasNext: boolean
}

/** One player in the admin's list. */
export type PlayerRow = {
  account: Address
  ownerAddress: Address | null
  deployed: boolean
  /** Sessions that may play now. */
  activeSessions: number
  totalSessions: number
  /** Calls that succeeded on chain, over all sessions. */
  calls: number
  lastActivityAt: string | null
  createdAt: string
}

/** A session with what only staff see. */
export type AdminSessionView = SessionView & {
  /** Revocation asked for here and not on chain yet. */
  revokeRequestedAt: string | null
  /** Why the revocation could not be put on chain; the relay stops the session anyway. */
  revokeError: string | null
  /** Set when the database and the chain disagree about this session, one sentence. */
  disagreement: string | null
}

/** One player with everything staff may see. */
export type PlayerView = {
  account: Address
  ownerAddress: Address | null
  deployed: boolean
  createdAt: string
  /** Newest first, at most 100. */
  sessions: AdminSessionView[]
  /** Newest first, at most 50. */
  intents: IntentView[]
  audit: AuditRow[]
}

/** One line of the append-only audit log. */
export type AuditRow = {
  id: string
  actorAddress: Address
  /** `session.revoke`, `policy.publish`, `policy.pause`, `policy.unpause` … */
  action: string
  /** Session id or policy id. */
  subject: string
  /** Account of the session, when the subject is a session. */
  account: Address | null
  reason: string | null
  /** State of the work on chain. */
  status: 'queued' | 'submitted' | 'done' | 'failed' | null
  txHash: Hex | null
  createdAt: string
}

/** Answer to a revocation. */
export type RevokeView = {
  sessionId: Hex
  /** `revoking`: the relay has stopped it, the chain follows. `revoked`: gone on chain. */
  status: 'revoking' | 'revoked'
  /** The session was revoked before. */
  alreadyRevoked: boolean
}
