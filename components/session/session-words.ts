import type { GameSessionState } from '@/lib/client/game-session-state'

/** How the states of a session while playing are told. */
export const stateWords: Record<
  GameSessionState,
  { label: string; lamp: string; busy: boolean }
> = {
  loading: { label: 'Looking for your session', lamp: '', busy: true },
  none: { label: 'No session yet', lamp: 'bg-basalt-500', busy: false },
  pending: { label: 'Session ready', lamp: 'bg-torch', busy: false },
  active: { label: 'Session active', lamp: 'bg-moss', busy: false },
  expiring: { label: 'Session ending soon', lamp: 'bg-torch', busy: false },
  expired: { label: 'Session expired', lamp: 'bg-basalt-500', busy: false },
  revoking: { label: 'Revoking session', lamp: '', busy: true },
  revoked: { label: 'Session revoked', lamp: 'bg-blood', busy: false },
  paused: { label: 'Paused by the studio', lamp: 'bg-relic', busy: false },
  drifted: { label: 'Session active', lamp: 'bg-moss', busy: false },
  orphaned: { label: 'Session key missing', lamp: 'bg-blood', busy: false },
}

/** States in which moves are sent. */
export const playableStates: ReadonlySet<GameSessionState> = new Set([
  'pending',
  'active',
  'expiring',
  'drifted',
])
