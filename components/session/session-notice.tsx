import type { GameSessionState } from '@/lib/client/game-session-state'
import { Button } from '../ui/button'
import { formatTime } from '../ui/format-duration'
import { Notice } from '../ui/notice'

type SessionNoticeProps = {
  state: GameSessionState
  gameName: string
  /** Who ended a revoked session, in words. */
  revokedBy: string | null
  revokedReason: string | null
  /** Unix seconds; 0 = not paused. */
  pausedUntil: number
  onGrant: () => void
  /** Asks for a later end of the same session; null where a new one is the only way. */
  onExtend: (() => void) | null
}

/** Who ended a session when it was the player. */
const ownHands: ReadonlySet<string> = new Set(['you', 'the session key'])

/** Far future: a pause without an end. */
const farSeconds = 4_000_000_000

/** What stands in the way of playing, why, and the button that resolves it. */
export function SessionNotice(props: SessionNoticeProps) {
  const { state, gameName, revokedBy, revokedReason, pausedUntil } = props
  const { onGrant, onExtend } = props
  const grant = (label: string, onClick = onGrant) => (
    <Button size="sm" variant="primary" onClick={onClick}>
      {label}
    </Button>
  )
  switch (state) {
    case 'expiring':
      return (
        <Notice
          tone="warn"
          title="This session ends soon"
          action={
            onExtend
              ? grant('Extend session', onExtend)
              : grant('Start new session')
          }
        >
          One signature now, and you play on without a break.
        </Notice>
      )
    case 'expired':
      return (
        <Notice
          tone="warn"
          title="Your session has expired"
          action={
            onExtend
              ? grant('Extend session', onExtend)
              : grant('Start new session')
          }
        >
          Its time is up, and the key can do nothing any more.
        </Notice>
      )
    case 'revoking':
      return (
        <Notice
          title={
            revokedBy && !ownHands.has(revokedBy)
              ? `This session is being ended by ${revokedBy}`
              : 'Ending your session'
          }
        >
          {revokedReason
            ? `Reason: ${revokedReason}`
            : 'No further move is accepted. The key is wiped once the chain has the revocation.'}
        </Notice>
      )
    case 'revoked': {
      const own = revokedBy !== null && ownHands.has(revokedBy)
      return (
        <Notice
          tone={own ? 'info' : 'danger'}
          title={
            own
              ? 'You ended this session'
              : `This session was ended by ${revokedBy ?? 'its owner'}`
          }
          action={grant('Start new session')}
        >
          {revokedReason
            ? `Reason: ${revokedReason}`
            : 'It is final on chain. To play on, sign a new session.'}
        </Notice>
      )
    }
    case 'paused':
      return (
        <Notice tone="warn" title={`${gameName} is paused by its studio`}>
          {pausedUntil > 0 && pausedUntil < farSeconds
            ? `Play goes on ${formatTime(pausedUntil * 1_000)}. `
            : 'Play goes on when the studio lifts the pause. '}
          Your session and what you own are untouched.
        </Notice>
      )
    case 'drifted':
      return (
        <Notice
          title={`${gameName} has new terms`}
          action={grant('Review new terms')}
        >
          You play under the terms you signed until you accept the new ones.
        </Notice>
      )
    case 'orphaned':
      return (
        <Notice
          tone="warn"
          title="This browser does not hold the session key"
          action={grant('Start new session')}
        >
          It was made in another browser, or site data was cleared. Keys cannot
          be copied, so sign a new session here.
        </Notice>
      )
    default:
      return null
  }
}
