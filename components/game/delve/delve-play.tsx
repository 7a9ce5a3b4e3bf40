'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import type { Address } from 'viem'
import type { GameActions } from '@/lib/client/game-actions'
import { ServerClock } from '@/lib/client/server-clock'
import { useGameSession } from '@/lib/client/use-game-session'
import {
  type DelveMove,
  type Direction,
  directions,
} from '@/lib/games/delve/delve-rules'
import type { Policy } from '@/lib/policy/policy'
import type { PublicConfig } from '@/lib/rpc/public-config'
import type { SessionView } from '@/lib/session/session-view'
import { ActivityList } from '../../intent/activity-list'
import { ExtendDialog } from '../../session/extend-dialog'
import { GrantDialog } from '../../session/grant-dialog'
import { RevokeDialog } from '../../session/revoke-dialog'
import { SessionHud } from '../../session/session-hud'
import { playableStates } from '../../session/session-words'
import { Button } from '../../ui/button'
import { BoardOverlay } from './board-overlay'
import { DelveNotices } from './delve-notices'
import { DelveStage } from './delve-stage'
import { RelicShelf } from './relic-shelf'
import { relicNames } from './relics'
import { useControls } from './use-controls'
import { useDelve } from './use-delve'

type DelvePlayProps = {
  config: PublicConfig
  contract: Address
  policy: Policy
  ownerAddress: Address
  initialSession: SessionView | null
  actions: GameActions
}

const names = Object.keys(directions)
const noRelics: number[] = []

/** What a move means to the session: function, arguments, and what to call it. */
const callOf = (move: DelveMove) =>
  move.kind === 'step'
    ? {
        signature: 'move(uint8)',
        args: [move.direction],
        label: `Move ${names[move.direction]}`,
      }
    : {
        signature: 'mint(uint256)',
        args: [BigInt(move.relicId)],
        label: `Mint ${relicNames[move.relicId]}`,
      }

/** Delve for a logged-in player. */
export function DelvePlay(props: DelvePlayProps) {
  const { config, contract, policy } = props
  const board = useRef<HTMLDivElement>(null)
  const [clock] = useState(() => new ServerClock(config.serverTimeMs))
  const nowSeconds = useCallback(() => clock.nowSeconds(), [clock])
  const session = useGameSession(props)
  const { account, state } = session
  const delve = useDelve({ contract, account, nowSeconds })
  const [dialog, setDialog] = useState<'grant' | 'extend' | 'revoke' | null>(
    null,
  )
  const [flinches, setFlinches] = useState(0)

  const { onRollback } = session
  useEffect(
    () => onRollback(() => setFlinches((times) => times + 1)),
    [onRollback],
  )

  const { send } = session
  const { begin, settle } = delve
  const make = useCallback(
    (move: DelveMove) => {
      const call = callOf(move)
      const index = policy.document.actions.findIndex(
        ({ permission }) => permission.signature === call.signature,
      )
      if (index < 0) return
      const id = begin(move)
      if (id === null) return setFlinches((times) => times + 1)
      send(index, call.args, { label: call.label }).settled.then(({ status }) =>
        settle(id, status === 'confirmed'),
      )
    },
    [policy, begin, settle, send],
  )
  const onStep = useCallback(
    (direction: Direction) => make({ kind: 'step', direction }),
    [make],
  )
  const onMint = useCallback(
    (relicId: number) => make({ kind: 'mint', relicId }),
    [make],
  )

  const playable = playableStates.has(state) && dialog === null
  const step = playable ? onStep : null
  useControls(board, step)

  const { game, studio, maxDurationSeconds } = policy.document
  return (
    <>
      <DelveStage
        boardRef={board}
        shown={delve.shown}
        players={delve.players}
        account={account}
        unreachable={delve.unreachable}
        tideSeconds={delve.tideSeconds}
        rollbacks={flinches}
        onStep={step}
        notices={
          <DelveNotices
            session={session}
            gameName={game.name}
            pausedUntil={policy.pausedUntil}
            onGrant={() => setDialog('grant')}
            onExtend={() => setDialog('extend')}
          />
        }
        overlay={
          state === 'none' && (
            <BoardOverlay
              title={`Enter ${game.name}`}
              action={
                <Button
                  variant="primary"
                  size="lg"
                  onClick={() => setDialog('grant')}
                >
                  Start playing
                </Button>
              }
            >
              Pick up gems, turn them into relics. You sign once, then every
              step is yours without a prompt.
            </BoardOverlay>
          )
        }
      >
        <SessionHud
          state={state}
          timeLeftSeconds={session.timeLeftSeconds}
          remaining={policy.document.actions.map(({ name }, index) => ({
            name,
            calls: session.remaining[index]?.calls ?? null,
            callsInPeriod: session.remaining[index]?.callsInPeriod ?? null,
          }))}
          latency={session.latency}
        >
          {playableStates.has(state) && (
            <Button size="sm" onClick={() => setDialog('revoke')}>
              End session
            </Button>
          )}
        </SessionHud>
        <RelicShelf
          gems={delve.shown?.gems ?? 0}
          owned={delve.shown?.relics ?? noRelics}
          onMint={playable ? onMint : null}
        />
        <section
          aria-labelledby="activity-title"
          className="surface p-4 sm:p-5"
        >
          <h2 id="activity-title" className="mb-1 font-semibold text-[15px]">
            Activity
          </h2>
          <div className="-mr-2 max-h-72 overflow-y-auto pr-2">
            <ActivityList entries={session.activity} />
          </div>
        </section>
      </DelveStage>
      {dialog === 'grant' && (
        <GrantDialog
          title={`Let ${game.name} play for you?`}
          description={`${studio.name} asks for a session. You sign once; ${game.name} then makes these moves without asking again.`}
          action="Sign once and play"
          maxSeconds={maxDurationSeconds}
          prepareGrant={session.prepareGrant}
          confirmGrant={session.confirmGrant}
          onGranted={() => setDialog(null)}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'extend' && session.session && (
        <ExtendDialog
          session={session.session}
          prepare={session.prepareExtension}
          confirm={session.confirmGrant}
          onExtended={() => setDialog(null)}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'revoke' && (
        <RevokeDialog
          gameName={game.name}
          revoke={session.revoke}
          onRevoked={() => setDialog(null)}
          onClose={() => setDialog(null)}
        />
      )}
    </>
  )
}
