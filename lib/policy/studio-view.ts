import type { Address, Hex } from 'viem'
import type { SpendLimitJson } from '../permission/terms'
import type { GameActionJson } from './policy'

/** One studio in the list of those the actor belongs to. */
export type StudioSummary = {
  slug: string
  name: string
  /** Number of games. */
  games: number
}

/** One row of a game's draft: the next policy version before it is published. */
export type DraftActionView = GameActionJson & {
  /** Names the row when it is edited or removed. */
  id: string
  /** Order in the policy, from 0. */
  position: number
}

/** Finding of the policy lint. `block` stops publishing, `warn` does not. */
export type LintIssueView = {
  level: 'block' | 'warn'
  /** Dotted path, for example `actions.0.maxCalls`. */
  field: string
  message: string
  /** Draft row it is about; null for the game as a whole. */
  actionId: string | null
}

/** What a player reads before signing, generated from the struct that is signed. */
export type ConsentPreview = {
  sentences: {
    title: string
    note: string | null
    detail: string
    to: Address
    signature: string
  }[]
  spends: string[]
  window: string
  worstCase: string
  never: string[]
}

/** A published (or publishing) version of a game's policy. */
export type PolicyVersionView = {
  id: Hex
  version: number
  status: 'publishing' | 'published' | 'failed'
  /** Why publishing failed. */
  error: string | null
  actions: GameActionJson[]
  spendLimits: SpendLimitJson[]
  maxDurationSeconds: number
  documentHash: Hex
  owner: Address
  revokers: Address[]
  /** Unix seconds until which sessions of this version are stopped; 0 = not paused. */
  pausedUntil: number
  /** True while the pause has no end, so that an unpause may be asked for. */
  pausedIndefinitely: boolean
  /** A pause or unpause was asked for and is not on chain yet. */
  pauseTask: 'pause' | 'unpause' | null
  publishedTxHash: Hex | null
  createdAt: string
  /** What changed since the version before, one sentence each; empty for version 1. */
  changes: string[]
  /** Sessions of this version that may play now. */
  activeSessions: number
  /** Sessions ever granted under this version. */
  totalSessions: number
}

/** One player under one policy version. */
export type VersionPlayerView = {
  policyId: Hex
  version: number
  account: Address
  ownerAddress: Address | null
  /** Sessions of this player under this version that may play now. */
  activeSessions: number
  /** Calls that succeeded on chain under this version. */
  calls: number
  lastActivityAt: string | null
}

/** Gas that the relay pays for in one day (UTC). */
export type GasUseView = {
  /** Used by moves of today. */
  usedGas: number
  /** Set aside for moves on their way, at most. */
  reservedGas: number
  limitGas: number
  /** Unix seconds at which the limit starts anew. */
  resetsAt: number
}

/** One game as its studio sees it. */
export type GameView = {
  slug: string
  name: string
  tagline: string
  /** Contract the game is played on. */
  contract: Address
  /** Longest session of the next version, in seconds. */
  maxDurationSeconds: number
  /** Revision of the draft; every edit names the one it saw, a stale one is refused. */
  draftRevision: number
  draft: DraftActionView[]
  /** Spend limits of the draft, at most 4. */
  spendLimits: SpendLimitJson[]
  lint: LintIssueView[]
  /** Consent of the draft at its maximum duration; null while the draft is empty, or is nothing that could be granted. */
  preview: ConsentPreview | null
  /** What publishing would change against the newest version, one sentence each. */
  draftChanges: string[]
  /** False when the draft is empty, blocked by lint, unchanged, or a version is being published. */
  canPublish: boolean
  /** Today's gas of the game, and of all games of its studio. */
  gas: { game: GasUseView; studio: GasUseView }
  /** Newest first. */
  versions: PolicyVersionView[]
  /** Who plays under which version, latest activity first, at most 200. */
  players: VersionPlayerView[]
}

export type StudioView = {
  slug: string
  name: string
  /** Wallet that owns the studio's policies on chain. */
  ownerAddress: Address
  games: GameView[]
}

/** Input of `saveGameAction`: adds a row, or replaces the row that `id` names. */
export type GameActionInput = {
  id?: string | undefined
  name: string
  description: string
  contract: string
  signature: string
  maxCalls: number
  /** Wei, decimal string. */
  maxValuePerCall: string
  /** Wei, decimal string. */
  maxValue: string
  /** Seconds; 0 or absent = no limits per period. */
  period?: number | undefined
  maxCallsPerPeriod?: number | undefined
  /** Wei, decimal string. */
  maxValuePerPeriod?: string | undefined
  /** Texts such as `arg0 <= 3`. */
  rules?: string[] | undefined
  gasLimit: number
}

/** Answer to an edit of the draft. */
export type DraftView = Pick<
  GameView,
  | 'draftRevision'
  | 'draft'
  | 'spendLimits'
  | 'lint'
  | 'preview'
  | 'draftChanges'
  | 'canPublish'
> & { maxDurationSeconds: number }

/** Answer to publishing; the worker publishes, the page follows `status`. */
export type PublishView = {
  policyId: Hex
  version: number
  status: 'publishing' | 'published'
}

/** EIP-712 message by which the policy's owner lifts a pause (JSON: bigint as decimal string). */
export type UnpauseRequestView = {
  policyId: Hex
  owner: Address
  typedData: {
    domain: {
      name: string
      version: string
      chainId: number
      verifyingContract: Address
    }
    types: Record<string, { name: string; type: string }[]>
    primaryType: string
    message: Record<string, string | number>
  }
}
