'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useTransition } from 'react'

/**
 * Reads the page's data again and again while `isWaiting`, `pauseMs` after
 * the last reading has arrived: a slow server is never asked twice at once.
 */
export function useRefreshWhile(isWaiting: boolean, pauseMs = 500): void {
  const router = useRouter()
  const [isReading, startReading] = useTransition()

  useEffect(() => {
    if (!isWaiting || isReading) return
    const timer = setTimeout(
      () => startReading(() => router.refresh()),
      pauseMs,
    )
    return () => clearTimeout(timer)
  }, [isWaiting, isReading, pauseMs, router])
}
