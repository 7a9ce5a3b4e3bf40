'use client'

import { useSyncExternalStore } from 'react'
import { formatAgo, formatTime } from './format-duration'

const subscribe = (onChange: () => void) => {
  const timer = setInterval(onChange, 10_000)
  return () => clearInterval(timer)
}
const tenSeconds = () => Math.floor(Date.now() / 10_000) * 10_000

/** A moment in time, relative once the page is alive, absolute before. */
export function TimeAgo({ at }: { at: string }) {
  const then = Date.parse(at)
  const now = useSyncExternalStore(subscribe, tenSeconds, () => null)
  return (
    <time dateTime={at} title={formatTime(then)} className="whitespace-nowrap">
      {now === null
        ? formatTime(then)
        : formatAgo(then, Math.max(now, then, Date.now()))}
    </time>
  )
}
