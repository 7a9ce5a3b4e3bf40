import type { ReactNode } from 'react'
import type { SessionView } from '@/lib/session/session-view'
import { Countdown } from '../ui/countdown'
import { Disclosure } from '../ui/disclosure'
import { formatTime } from '../ui/format-duration'
import { TimeAgo } from '../ui/time-ago'
import { SessionFacts } from './session-facts'
import { SessionPermissions } from './session-permissions'
import { SessionStateBadge } from './session-state-badge'
import { SessionUsage } from './session-usage'

const isLive = (session: SessionView) =>
  session.state !== 'expired' && session.state !== 'revoked'

/** Asked for and stopped at the relay, but not on chain yet. */
export const isRevoking = (session: SessionView) =>
  session.state === 'revoked' && session.status !== 'revoked'

/** How it stands with the session's time, in words. */
function TimeLine({ session }: { session: SessionView }) {
  if (isRevoking(session)) return <>Stopped, waiting for the chain</>
  if (session.state === 'revoked') {
    return (
      <>
        Ended by {session.revokedBy ?? 'its owner'}
        {session.revokedReason && <>: “{session.revokedReason}”</>}
      </>
    )
  }
  if (session.state === 'expired') {
    return <>Ended {formatTime(session.validUntil * 1_000)}</>
  }
  return (
    <>
      <Countdown until={session.validUntil} /> left
    </>
  )
}

type SessionCardProps = {
  session: SessionView
  /** Ends the session; shown while it is live. */
  action?: ReactNode
  revoking?: boolean
  /** Notices between head and usage. */
  children?: ReactNode
}

/** One session: state, time left, use of each limit, and the details one tap away. */
export function SessionCard(props: SessionCardProps) {
  const { session, action, revoking = false, children } = props
  const title = session.game?.name ?? 'Session without a policy'
  return (
    <article
      aria-label={`${title}, session ${session.id.slice(0, 10)}`}
      className="surface flex flex-col gap-5 p-5 sm:p-6"
    >
      <header className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <h3 className="font-semibold text-lg">{title}</h3>
            <SessionStateBadge state={session.state} revoking={revoking} />
            {session.policyVersion !== null && (
              <span className="text-[13px] text-parchment-faint">
                Policy version {session.policyVersion}
              </span>
            )}
          </div>
          <p className="mt-1 text-parchment-dim text-sm">
            <TimeLine session={session} />
            <span className="text-parchment-faint">
              {' · '}
              {session.lastActivityAt ? (
                <>
                  last move <TimeAgo at={session.lastActivityAt} />
                </>
              ) : (
                <>
                  granted <TimeAgo at={session.createdAt} />
                </>
              )}
            </span>
          </p>
        </div>
        {isLive(session) && action}
      </header>
      {children}
      <SessionUsage
        permissions={session.permissions}
        spends={session.spends}
        muted={!isLive(session)}
      />
      <div className="hairline flex flex-col gap-2 border-t pt-4">
        <Disclosure summary="Allowed actions">
          <SessionPermissions
            permissions={session.permissions}
            spends={session.spends}
          />
        </Disclosure>
        <Disclosure summary="Details">
          <SessionFacts session={session} />
        </Disclosure>
      </div>
    </article>
  )
}
