'use client'

import { memo, useEffect, useRef, useState } from 'react'
import {
  cellsOf,
  DELVE_HEIGHT,
  DELVE_WALLS,
  DELVE_WIDTH,
} from '@/lib/games/delve/delve-rules'
import type { DelvePlayer } from '@/lib/games/delve/read-delve'
import { GemFigure, HeroFigure, Torch } from '../dungeon-figures'
import { DungeonFloor, DungeonWalls } from '../dungeon-floor'

/** One step's glide; short enough for key-repeat. */
const stepMs = 90

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
    cell,
    x: cell % DELVE_WIDTH,
    y: Math.floor(cell / DELVE_WIDTH),
  }))

const Rooms = memo(function Rooms() {
  return (
    <>
      <DungeonFloor columns={DELVE_WIDTH} rows={DELVE_HEIGHT} />
      <DungeonWalls places={placesOf(DELVE_WALLS)} />
    </>
  )
})

const Gems = memo(function Gems({ gems }: { gems: bigint }) {
  return placesOf(gems).map(({ cell, x, y }) => (
    <GemFigure key={cell} x={x} y={y} />
  ))
})

/** The dungeon as all players share it. */
export function DelveBoard({ gems, me, others, rollbacks }: DelveBoardProps) {
  const flip = useFlip(me?.x ?? 0)
  const center = me ?? { x: DELVE_WIDTH / 2 - 0.5, y: DELVE_HEIGHT / 2 - 0.5 }
  return (
    <svg
      viewBox={`0 0 ${DELVE_WIDTH} ${DELVE_HEIGHT}`}
      role="img"
      aria-label={
        me
          ? `Dungeon. You stand at column ${me.x + 1}, row ${me.y + 1}, with ${me.gems} gems.`
          : 'Dungeon, seen from above.'
      }
      data-x={me?.x}
      data-y={me?.y}
      className="block w-full select-none"
    >
      <Rooms />
      <Gems gems={gems} />
      {me && (
        <g key={rollbacks} className={rollbacks > 0 ? 'animate-flinch' : ''}>
          <Walker
            x={me.x}
            y={me.y}
            address={null}
            name="You"
            glideMs={stepMs}
            flip={flip}
          />
          <GemPop x={me.x} y={me.y} gems={me.gems} />
        </g>
      )}
      <Torch id="torch" {...center} radius={me ? 6.5 : 11} stepMs={stepMs} />
      {/* Others carry a torch too, so the dark does not hide them. */}
      {others.map((player) => (
        <Walker
          key={player.account}
          x={player.x}
          y={player.y}
          address={player.account}
          name={`Player ${player.account.slice(0, 8)}`}
          glideMs={600}
        />
      ))}
    </svg>
  )
}

type WalkerProps = {
  x: number
  y: number
  address: string | null
  name: string
  glideMs: number
  flip?: boolean
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
  return <HeroFigure {...figure} flip={flip} stepMs={far ? 0 : glideMs} />
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
function GemPop({ x, y, gems }: { x: number; y: number; gems: number }) {
  const [shown, setShown] = useState({ gems, pops: 0 })
  if (gems !== shown.gems) {
    setShown({ gems, pops: shown.pops + (gems > shown.gems ? 1 : 0) })
  }
  if (shown.pops === 0) return null
  return (
    <g transform={`translate(${x + 0.5} ${y})`}>
      <text
        key={shown.pops}
        textAnchor="middle"
        fontSize=".6"
        className="animate-gem-pop fill-gem font-pixel"
      >
        +1
      </text>
    </g>
  )
}
