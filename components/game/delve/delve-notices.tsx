import type { GameSession } from '@/lib/client/use-game-session'
import type { SerializedError } from '@/lib/errors/action-result'
import { remedies } from '@/lib/errors/error-row'
import type { ErrorCode } from '@/lib/errors/error-table'
import { brokenRuleOf } from '../../session/broken-rule'
import { SessionNotice } from '../../session/session-notice'
import { Button } from '../../ui/button'
import { ErrorNotice, Notice } from '../../ui/notice'

/** Whether a new session resolves a refusal. A limit per period does not need one, unless the session ends first. */
const isResolvedByGrant = ({ code, remedy }: SerializedError) =>
  remedy === remedies.renew || code === 'call_not_permitted'

/** Refusals that the state's own notice already tells. */
const toldByState: ReadonlySet<ErrorCode> = new Set([
  'session_expired',
  'session_revoked',
  'session_revoking',
  'policy_paused',
])

type DelveNoticesProps = {
  session: GameSession
  gameName: string
  /** Unix seconds; 0 = not paused. */
  pausedUntil: number
  onGrant: () => void
  onExtend: () => void
}

/** Everything that a player has to know now, most pressing first. */
export function DelveNotices(props: DelveNoticesProps) {
  const { session, gameName, pausedUntil, onGrant, onExtend } = props
  const { refusal } = session
  return (
    <>
      <SessionNotice
        state={session.state}
        gameName={gameName}
        revokedBy={session.session?.revokedBy ?? null}
        revokedReason={session.session?.revokedReason ?? null}
        pausedUntil={pausedUntil}
        onGrant={onGrant}
        onExtend={session.canExtend ? onExtend : null}
      />
      {refusal && !toldByState.has(refusal.code) && (
        <ErrorNotice
          error={refusal}
          detail={brokenRuleOf(refusal, session.session)}
          action={
            <span className="flex gap-2">
              {isResolvedByGrant(refusal) && (
                <Button size="sm" variant="primary" onClick={onGrant}>
                  Start new session
                </Button>
              )}
              <Button size="sm" variant="ghost" onClick={session.clearRefusal}>
                Dismiss
              </Button>
            </span>
          }
        />
      )}
      {session.connection === 'offline' && (
        <Notice tone="warn" title="You are offline">
          Moves wait here and are sent when the connection is back.
        </Notice>
      )}
      {session.keyStorage === 'memory' && (
        <Notice title="The session key lives in this tab alone">
          {session.keyNotice ??
            'This browser does not let pages keep keys, so a reload ends the session on this device.'}
        </Notice>
      )}
    </>
  )
}
