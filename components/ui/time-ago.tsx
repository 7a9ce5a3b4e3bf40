'use client'

import { useSyncExternalStore } from 'react'
import { useServerClock } from '@/lib/client/server-clock-context'
import { formatAgo, formatTime } from './format-duration'

const subscribe = (onChange: () => void) => {
  const timer = setInterval(onChange, 10_000)
  return () => clearInterval(timer)
}

/** A moment in time by the server's clock, relative once the page is alive, absolute before. */
export function TimeAgo({ at }: { at: string }) {
  const then = Date.parse(at)
  const clock = useServerClock()
  const now = useSyncExternalStore(
    subscribe,
    () => Math.floor(clock.nowMs() / 10_000) * 10_000,
    () => null,
  )
  return (
    <time dateTime={at} title={formatTime(then)} className="whitespace-nowrap">
      {now === null
        ? formatTime(then)
        : formatAgo(then, Math.max(now, then, clock.nowMs()))}
    </time>
  )
}
