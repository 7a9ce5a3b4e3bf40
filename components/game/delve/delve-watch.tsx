'use client'

import { useCallback, useRef, useState } from 'react'
import type { Address } from 'viem'
import { ServerClock } from '@/lib/client/server-clock'
import { ButtonLink } from '../../ui/button'
import { BoardOverlay } from './board-overlay'
import { DelveStage } from './delve-stage'
import { RelicShelf } from './relic-shelf'
import { useDelve } from './use-delve'

type DelveWatchProps = {
  contract: Address
  serverTimeMs: number
  gameName: string
  /** Where logging in leads back to; null when the game has no policy yet. */
  loginHref: string | null
}

/** The board for those who are not logged in: look around, then log in. */
export function DelveWatch(props: DelveWatchProps) {
  const { contract, serverTimeMs, gameName, loginHref } = props
  const board = useRef<HTMLDivElement>(null)
  const [clock] = useState(() => new ServerClock(serverTimeMs))
  const nowSeconds = useCallback(() => clock.nowSeconds(), [clock])
  const delve = useDelve({ contract, account: null, nowSeconds })

  return (
    <DelveStage
      boardRef={board}
      shown={delve.shown}
      players={delve.players}
      account={null}
      unreachable={delve.unreachable}
      tideSeconds={delve.tideSeconds}
      rollbacks={0}
      onStep={null}
      overlay={
        loginHref ? (
          <BoardOverlay
            title={`Enter ${gameName}`}
            action={
              <ButtonLink href={loginHref} variant="primary" size="lg">
                Log in to play
              </ButtonLink>
            }
          >
            Pick up gems, turn them into relics. Your wallet signs once, then
            stays out of the way.
          </BoardOverlay>
        ) : (
          <BoardOverlay title="Not open yet" action={null}>
            The studio has not published what {gameName} may do. Come back once
            it has.
          </BoardOverlay>
        )
      }
    >
      <RelicShelf gems={0} owned={[]} onMint={null} />
    </DelveStage>
  )
}
