'use client'

import { useSyncExternalStore } from 'react'
import { useServerClock } from '@/lib/client/server-clock-context'
import { formatClock } from './format-duration'

const subscribe = (onChange: () => void) => {
  const timer = setInterval(onChange, 1_000)
  return () => clearInterval(timer)
}

type CountdownProps = {
  /** Unix seconds, exclusive. */
  until: number
}

/** Time left by the server's clock, once a second. */
export function Countdown({ until }: CountdownProps) {
  const clock = useServerClock()
  const now = useSyncExternalStore(
    subscribe,
    () => clock.nowSeconds(),
    () => null,
  )
  return (
    <span role="timer" className="numeric">
      {now === null ? '—' : formatClock(until - now)}
    </span>
  )
}
