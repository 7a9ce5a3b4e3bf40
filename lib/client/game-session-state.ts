import type { Address } from 'viem'
import type { SerializedError } from '@/lib/errors/action-result'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { ErrorCode } from '@/lib/errors/error-table'
import { isSameFunction } from '@/lib/permission/find-permission'
import type { PermissionUsage } from '@/lib/permission/permission'
import type { Policy } from '@/lib/policy/policy'
import { deriveState } from '@/lib/session/derive-state'
import type { SessionView } from '@/lib/session/session-view'
import type { ActivityEntry } from './activity'
import type { Latency } from './latency-window'
import { endOf } from './session-end'

/** State of a session while playing. One may play in `pending` (the grant is enabled with the first move), `active`, `expiring` and `drifted`. */
export type GameSessionState =
  | 'loading'
  | 'none'
  | 'pending'
  | 'active'
  | 'expiring'
  | 'expired'
  | 'revoking'
  | 'revoked'
  | 'paused'
  | 'drifted'
  | 'orphaned'

/** What is left of one action of the policy. */
export type Remaining = {
  /** Over the whole session. */
  calls: number
  /** In the present period, at most `calls`; null without one. */
  callsInPeriod: number | null
  /** Wei, decimal string. */
  valueWei: string
}

/** Everything a page shows of a game session. Replaced as a whole when something changes. */
export type GameSessionSnapshot = {
  state: GameSessionState
  /** `memory`: the session ends with this tab. */
  keyStorage: 'indexeddb' | 'memory'
  keyNotice: string | null
  connection: 'online' | 'offline'
  /** Whether its time is up, or nearly, and this browser can extend it. */
  canExtend: boolean
  session: SessionView | null
  account: Address | null
  /** Per action of the policy, as if everything on its way lands. Empty without a session. */
  remaining: Remaining[]
  timeLeftSeconds: number | null
  activity: ActivityEntry[]
  latency: Latency | null
  refusal: SerializedError | null
}

/** What the state follows from. */
export type StateInput = {
  isReady: boolean
  view: SessionView | null
  hasKey: boolean
  isRevoking: boolean
  policyId: string
  /** Unix seconds; 0 = not paused. */
  pausedUntil: number
  nowSeconds: number
}

/** State of the session, worst first: what ends play is told before what only changes it. */
export function deriveGameState(input: StateInput): GameSessionState {
  const { view, isRevoking, nowSeconds, pausedUntil } = input
  if (!input.isReady) return 'loading'
  if (!view || view.grantError !== null) return 'none'
  if (view.status === 'revoked') return 'revoked'
  if (isRevoking || view.state === 'revoked') return 'revoking'
  const { status, validAfter } = view
  const facts = { status, validAfter, validUntil: endOf(view), pausedUntil }
  const state = deriveState({ ...facts, revokeRequested: false }, nowSeconds)
  if (state === 'expired') return 'expired'
  if (!input.hasKey) return 'orphaned'
  if (state === 'paused') return 'paused'
  return view.policyId === input.policyId ? state : 'drifted'
}

/** Whether a later end of the same session is what the player needs to play on: its time is up, or nearly, and its key is here. */
export function isExtendable(
  state: GameSessionState,
  view: SessionView | null,
  hasKey: boolean,
): boolean {
  if (!hasKey || view?.status !== 'active') return false
  return state === 'expiring' || state === 'expired'
}

const refusalCodes: Readonly<Partial<Record<GameSessionState, ErrorCode>>> = {
  none: 'session_unknown',
  expired: 'session_expired',
  revoking: 'session_revoking',
  revoked: 'session_revoked',
  paused: 'policy_paused',
  orphaned: 'session_key_missing',
}

/** Why nothing can be sent in `state`, when this tab plays no session. */
export function refusalOfState(state: GameSessionState): PlaykeyError {
  return new PlaykeyError(refusalCodes[state] ?? 'session_not_active')
}

/** What is left of each action of `policy` in a session that may come from an older version of it. */
export function remainingOf(
  policy: Policy,
  view: SessionView | null,
  usage: readonly PermissionUsage[] | null,
): Remaining[] {
  if (!view) return []
  return policy.document.actions.map(({ permission }) => {
    const index = view.permissions.findIndex((entry) =>
      isSameFunction(entry.permission, permission),
    )
    const entry = view.permissions[index]
    if (!entry) return { calls: 0, callsInPeriod: null, valueWei: '0' }
    const used = usage?.[index] ?? entry
    const { maxCalls, maxCallsPerPeriod, maxValue, period } = entry.permission
    const valueLeft = BigInt(maxValue) - BigInt(used.valueWei)
    const calls = Math.max(0, maxCalls - used.calls)
    const inPeriod = Math.max(0, maxCallsPerPeriod - used.callsInPeriod)
    return {
      calls,
      callsInPeriod: period > 0 ? Math.min(calls, inPeriod) : null,
      valueWei: (valueLeft > 0n ? valueLeft : 0n).toString(),
    }
  })
}
