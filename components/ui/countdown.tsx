'use client'

import { useSyncExternalStore } from 'react'
import { formatClock } from './format-duration'

const subscribe = (onChange: () => void) => {
  const timer = setInterval(onChange, 1_000)
  return () => clearInterval(timer)
}
const nowSeconds = () => Math.floor(Date.now() / 1_000)

type CountdownProps = {
  /** Unix seconds, exclusive. */
  until: number
}

/** Time left, once a second. */
export function Countdown({ until }: CountdownProps) {
  const now = useSyncExternalStore(subscribe, nowSeconds, () => null)
  return (
    <span role="timer" className="numeric">
      {now === null ? '—' : formatClock(until - now)}
    </span>
  )
}
