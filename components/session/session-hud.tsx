import { Zap } from 'lucide-react'
import type { ReactNode } from 'react'
import type { GameSessionState } from '@/lib/client/game-session-state'
import { formatClock } from '../ui/format-duration'
import { Spinner } from '../ui/spinner'
import { stateWords } from './session-words'

type SessionHudProps = {
  state: GameSessionState
  timeLeftSeconds: number | null
  /** Remaining calls by action, in the order shown; null without a session. */
  remaining: {
    name: string
    calls: number | null
    /** Of these in the present period; null without one. */
    callsInPeriod: number | null
  }[]
  latency: { lastMs: number; p50Ms: number } | null
  children?: ReactNode
}

function Gauge(props: { name: string; value: ReactNode; unit?: string }) {
  return (
    <div className="min-w-0">
      <dt className="truncate text-[12px] text-parchment-faint">
        {props.name}
      </dt>
      <dd className="numeric font-pixel text-xl leading-tight">
        {props.value}
        {props.unit && (
          <span className="ml-1 font-sans text-parchment-faint text-xs">
            {props.unit}
          </span>
        )}
      </dd>
    </div>
  )
}

/** What stands behind the calls that are left. */
const leftOf = (callsInPeriod: number | null) =>
  callsInPeriod === null
    ? 'left'
    : `left, ${callsInPeriod.toLocaleString('en-US')} now`

/** The session at a glance while playing: state, time, uses left, speed. */
export function SessionHud(props: SessionHudProps) {
  const { state, timeLeftSeconds, remaining, latency, children } = props
  const words = stateWords[state]
  return (
    <section aria-label="Session" className="surface p-4 sm:p-5">
      <header className="flex min-h-8 items-center justify-between gap-3">
        <p
          role="status"
          className="flex items-center gap-2 font-medium text-sm"
        >
          {words.busy ? (
            <Spinner className="size-4 text-torch" />
          ) : (
            <span className={`size-2 ${words.lamp}`} aria-hidden="true" />
          )}
          {words.label}
        </p>
        {children}
      </header>
      {state === 'none' ? (
        <p className="mt-2 text-parchment-dim text-sm leading-relaxed">
          Sign once to start one. Its clock and its limits will stand here, and
          you can end it whenever you like.
        </p>
      ) : (
        <>
          <dl className="mt-3 grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4 lg:grid-cols-2">
            <Gauge
              name="Time left"
              value={
                timeLeftSeconds === null ? (
                  '–'
                ) : (
                  <span role="timer" data-testid="session-timer">
                    {formatClock(timeLeftSeconds)}
                  </span>
                )
              }
            />
            {remaining.map(({ name, calls, callsInPeriod }, index) => (
              <Gauge
                key={name}
                name={name}
                value={
                  calls === null ? (
                    '–'
                  ) : (
                    <span data-testid={`remaining-${index}`}>
                      {calls.toLocaleString('en-US')}
                    </span>
                  )
                }
                {...(calls === null ? {} : { unit: leftOf(callsInPeriod) })}
              />
            ))}
            <Gauge
              name="Last move"
              value={latency ? Math.round(latency.lastMs) : '–'}
              {...(latency
                ? { unit: `ms, median ${Math.round(latency.p50Ms)}` }
                : {})}
            />
          </dl>
          <p className="mt-3 flex items-center gap-1.5 text-[12px] text-parchment-faint">
            <Zap className="size-3.5" aria-hidden="true" />
            Signed in the background, gas paid by the relay
          </p>
        </>
      )}
    </section>
  )
}
