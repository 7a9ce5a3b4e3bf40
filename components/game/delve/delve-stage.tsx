'use client'

import type { ReactNode, RefObject } from 'react'
import type { DelveState, Direction } from '@/lib/games/delve/delve-rules'
import type { DelvePlayer } from '@/lib/games/delve/read-delve'
import { formatClock } from '../../ui/format-duration'
import { Notice } from '../../ui/notice'
import { Skeleton } from '../../ui/skeleton'
import { GemSprite } from '../sprite'
import { DPad } from './d-pad'
import { DelveBoard } from './delve-board'

type DelveStageProps = {
  boardRef: RefObject<HTMLDivElement | null>
  shown: DelveState | null
  players: readonly DelvePlayer[]
  /** Own account, which is not one of the others; null while watching. */
  account: string | null
  unreachable: boolean
  /** Seconds until new gems come. */
  tideSeconds: number | null
  rollbacks: number
  onStep: ((direction: Direction) => void) | null
  /** Notices above the board. */
  notices?: ReactNode
  /** Lies over the board: the way to begin. */
  overlay?: ReactNode
  /** Column beside the board. */
  children: ReactNode
}

/** Board with its controls on one side, session and relics on the other. */
export function DelveStage(props: DelveStageProps) {
  const { shown, account, onStep } = props
  const others = props.players.filter((player) => player.account !== account)
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22.5rem] lg:gap-6">
      <div className="mx-auto flex w-full min-w-0 flex-col gap-4 lg:min-w-xl lg:max-w-[calc((100dvh-17.5rem)*4/3)]">
        {props.notices}
        {props.unreachable && (
          <Notice tone="warn" title="The dungeon cannot be reached">
            The chain does not answer. The board continues by itself as soon as
            it does.
          </Notice>
        )}
        <div className="surface p-1.5 sm:p-2">
          <BoardHead
            gems={account ? (shown?.gems ?? null) : null}
            others={others.length}
            tideSeconds={props.tideSeconds}
          />
          <div
            ref={props.boardRef}
            data-testid="board"
            data-x={account ? shown?.x : undefined}
            data-y={account ? shown?.y : undefined}
            className="relative touch-none overflow-hidden rounded-lg"
          >
            {shown ? (
              <DelveBoard
                gems={shown.board}
                me={account ? shown : null}
                others={others}
                rollbacks={props.rollbacks}
              />
            ) : (
              <Skeleton className="aspect-[4/3] w-full" />
            )}
            {props.overlay}
          </div>
        </div>
        <div className="flex items-center justify-center gap-6 lg:justify-between">
          <p className="text-parchment-faint text-sm max-lg:hidden">
            Walk with the arrow keys or WASD. The dungeon wraps around at its
            edges.
          </p>
          <DPad disabled={!onStep} onStep={(step) => onStep?.(step)} />
        </div>
      </div>
      <div className="flex min-w-0 flex-col gap-4">{props.children}</div>
    </div>
  )
}

type BoardHeadProps = {
  gems: number | null
  others: number
  tideSeconds: number | null
}

function BoardHead({ gems, others, tideSeconds }: BoardHeadProps) {
  return (
    <div className="flex items-center gap-x-5 px-2 pt-1 pb-2 text-[13px] text-parchment-dim sm:px-3">
      {gems !== null && (
        <p className="numeric flex items-center gap-1.5 font-medium text-gem">
          <GemSprite className="size-4.5" />
          <span data-testid="gems">{gems}</span>
          <span className="sr-only">gems</span>
        </p>
      )}
      <p className="numeric">
        {tideSeconds === null
          ? 'New gems every minute'
          : `New gems in ${formatClock(tideSeconds)}`}
      </p>
      <p className="numeric ml-auto">
        {others === 0
          ? 'Nobody else here'
          : `${others} other ${others === 1 ? 'player' : 'players'}`}
      </p>
    </div>
  )
}
