'use client'

import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import {
  cellsOf,
  DELVE_HEIGHT,
  DELVE_WALLS,
  DELVE_WIDTH,
} from '@/lib/games/delve/delve-rules'
import type { DelvePlayer } from '@/lib/games/delve/read-delve'
import { DungeonView, Figure } from '../dungeon-view'

/** One step's glide; short enough for key-repeat. */
const stepMs = 90

/** Others are read every now and then; their way there is told slowly. */
const othersMs = 600

type DelveBoardProps = {
  /** Gems that lie on the board, one bit per cell. */
  gems: bigint
  /** The actor's own figure; null while watching. */
  me: { x: number; y: number; gems: number } | null
  others: readonly DelvePlayer[]
  /** Changes at each roll-back, which makes the figure flinch. */
  rollbacks: number
}

const placesOf = (bitmap: bigint) =>
  cellsOf(bitmap).map((cell) => ({
    x: cell % DELVE_WIDTH,
    y: Math.floor(cell / DELVE_WIDTH),
  }))

const walls = placesOf(DELVE_WALLS)

const noLight = { x: DELVE_WIDTH / 2 - 0.5, y: DELVE_HEIGHT / 2 - 0.5 }

const labelOf = (me: DelveBoardProps['me']) =>
  me
    ? `Dungeon. You stand at column ${me.x + 1}, row ${me.y + 1}, with ${me.gems} gems.`
    : 'Dungeon, seen from above.'

/** The dungeon as all players share it. */
export function DelveBoard({ gems, me, others, rollbacks }: DelveBoardProps) {
  const flip = useFlip(me?.x ?? 0)
  const places = useMemo(() => placesOf(gems), [gems])
  return (
    <DungeonView
      columns={DELVE_WIDTH}
      rows={DELVE_HEIGHT}
      walls={walls}
      gems={places}
      torch={{ ...(me ?? noLight), radius: me ? 6.5 : 11 }}
      label={labelOf(me)}
    >
      {others.map(({ account, x, y }) => (
        <Walker
          key={account}
          x={x}
          y={y}
          address={account}
          glideMs={othersMs}
        />
      ))}
      {me && (
        <div
          key={rollbacks}
          className={rollbacks > 0 ? 'animate-flinch' : undefined}
        >
          <Walker x={me.x} y={me.y} address={null} glideMs={stepMs} flip={flip}>
            <GemPop gems={me.gems} />
          </Walker>
        </div>
      )}
    </DungeonView>
  )
}

type WalkerProps = {
  x: number
  y: number
  address: string | null
  glideMs: number
  flip?: boolean
  children?: ReactNode
}

/** A figure that glides to the next cell and jumps over the edge of the world. */
function Walker({ glideMs, flip = false, ...figure }: WalkerProps) {
  const before = useRef(figure)
  const far =
    Math.abs(before.current.x - figure.x) +
      Math.abs(before.current.y - figure.y) >
    4
  useEffect(() => {
    before.current = figure
  })
  return (
    <Figure
      {...figure}
      columns={DELVE_WIDTH}
      flip={flip}
      glideMs={far ? 0 : glideMs}
    />
  )
}

/** Looks where it last walked; a step over the edge turns nobody around. */
function useFlip(x: number): boolean {
  const [facing, setFacing] = useState({ x, flip: false })
  if (facing.x === x) return facing.flip
  const wrapped = Math.abs(x - facing.x) > DELVE_WIDTH / 2
  const flip = wrapped ? x > facing.x : x < facing.x
  setFacing({ x, flip })
  return flip
}

/** `+1` that rises where a gem was picked up. */
function GemPop({ gems }: { gems: number }) {
  const [shown, setShown] = useState({ gems, pops: 0 })
  if (gems !== shown.gems) {
    setShown({ gems, pops: shown.pops + (gems > shown.gems ? 1 : 0) })
  }
  if (shown.pops === 0) return null
  return (
    <span
      key={shown.pops}
      className="absolute inset-x-0 -top-1/3 animate-gem-pop text-center font-pixel text-gem text-sm sm:text-lg"
    >
      +1
    </span>
  )
}
