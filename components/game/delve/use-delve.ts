'use client'

import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { type Address, createPublicClient, http } from 'viem'
import {
  beginMove,
  type DelveForecast,
  settleMove,
  shownOf,
  startForecast,
  syncForecast,
  turnTide,
} from '@/lib/games/delve/delve-forecast'
import {
  type DelveMove,
  relicPrices,
  TIDE_SECONDS,
} from '@/lib/games/delve/delve-rules'
import {
  boardAt,
  type DelvePlayer,
  readBoard,
  readPlayer,
  readRecentPlayers,
  readRelics,
} from '@/lib/games/delve/read-delve'

const pollMs = 1_500
const noRelics = relicPrices.map(() => 0)

type UseDelveInput = {
  contract: Address
  /** Whose dungeon to show; null watches only. */
  account: Address | null
  /** Unix seconds as the server sees them. */
  nowSeconds: () => number
}

/** The dungeon, read from the chain again and again, with moves shown before the chain has answered. */
export function useDelve({ contract, account, nowSeconds }: UseDelveInput) {
  const [forecast, setForecast] = useState<DelveForecast | null>(null)
  const [players, setPlayers] = useState<DelvePlayer[]>([])
  const [unreachable, setUnreachable] = useState(false)
  const [tideSeconds, setTideSeconds] = useState<number | null>(null)
  const current = useRef<DelveForecast | null>(null)

  const update = useCallback((next: DelveForecast) => {
    current.current = next
    setForecast(next)
  }, [])

  const client = useMemo(
    () => createPublicClient({ transport: http('/api/chain') }),
    [],
  )

  const watched = useRef<object>({})

  const refresh = useCallback(async () => {
    const before = current.current
    const watching = watched.current
    try {
      const [board, player, relics, recent] = await Promise.all([
        readBoard(client, contract),
        account ? readPlayer(client, contract, account) : null,
        account ? readRelics(client, contract, account) : noRelics,
        readRecentPlayers(client, contract),
      ])
      const gems = boardAt(board, nowSeconds())
      const nobody = { x: 0, y: 0, gems: 0 }
      const state = { ...(player ?? nobody), relics, board: gems }
      // An answer about another account, or one that was overtaken, is no news.
      if (watching !== watched.current) return
      const now = current.current
      if (!now) update(startForecast(state))
      else if (before) update(syncForecast(now, state, before))
      setPlayers(recent)
      setUnreachable(false)
    } catch {
      setUnreachable(true)
    }
  }, [account, client, contract, nowSeconds, update])

  useEffect(() => {
    watched.current = {}
    current.current = null
    setForecast(null)
    refresh()
    const timer = setInterval(() => {
      if (!document.hidden) refresh()
    }, pollMs)
    return () => clearInterval(timer)
  }, [refresh])

  useEffect(() => {
    let tide = Math.floor(nowSeconds() / TIDE_SECONDS)
    const timer = setInterval(() => {
      const now = nowSeconds()
      setTideSeconds(TIDE_SECONDS - (now % TIDE_SECONDS))
      const next = Math.floor(now / TIDE_SECONDS)
      if (next === tide) return
      tide = next
      if (current.current) update(turnTide(current.current, BigInt(tide)))
    }, 1_000)
    return () => clearInterval(timer)
  }, [nowSeconds, update])

  /** Shows the move at once; null where the dungeon does not allow it. */
  const begin = useCallback(
    (move: DelveMove): number | null => {
      const before = current.current
      const next = before && beginMove(before, move)
      if (!next) return null
      update(next)
      return before.begun
    },
    [update],
  )

  const settle = useCallback(
    (id: number, isSuccess: boolean) => {
      if (!current.current) return
      update(settleMove(current.current, id, isSuccess))
      if (!isSuccess && current.current.pending.length === 0) refresh()
    },
    [refresh, update],
  )

  const shown = useMemo(() => forecast && shownOf(forecast), [forecast])
  return { shown, players, unreachable, tideSeconds, begin, settle }
}
