'use client'

import { memo, useEffect, useRef, useState } from 'react'
import type { DelvePlayer } from '@/lib/games/delve/delve-rules'
import { GemFigure, HeroFigure, Torch } from '../dungeon-figures'
import { DungeonFloor } from '../dungeon-floor'

/** One step's glide; short enough for key-repeat. */
const stepMs = 90

type DelveBoardProps = {
  size: number
  /** Cells (`y * size + x`) on which a gem lies. */
  gems: ReadonlySet<number>
  /** The actor's own figure; null while watching. */
  me: { x: number; y: number; gems: number } | null
  others: readonly DelvePlayer[]
  /** Changes at each roll-back, which shakes the figure. */
  rollbacks: number
}

const Floor = memo(function Floor({ size }: { size: number }) {
  return <DungeonFloor columns={size} rows={size} />
})

const Gems = memo(function Gems(props: {
  size: number
  gems: ReadonlySet<number>
}) {
  return [...props.gems].map((cell) => (
    <GemFigure
      key={cell}
      x={cell % props.size}
      y={Math.floor(cell / props.size)}
    />
  ))
})

/** The dungeon as all players share it. */
export function DelveBoard(props: DelveBoardProps) {
  const { size, gems, me, others, rollbacks } = props
  const flip = useFlip(me?.x ?? 0, size)
  const center = me ?? { x: size / 2 - 0.5, y: size / 2 - 0.5 }
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={
        me
          ? `Dungeon. You stand at column ${me.x + 1}, row ${me.y + 1}, with ${me.gems} gems.`
          : 'Dungeon, seen from above.'
      }
      data-x={me?.x}
      data-y={me?.y}
      className="block aspect-square w-full select-none"
    >
      <Floor size={size} />
      <Gems gems={gems} size={size} />
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
      <Torch
        id="torch"
        {...center}
        radius={me ? size * 0.5 : size * 0.72}
        stepMs={stepMs}
      />
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
function useFlip(x: number, size: number): boolean {
  const [facing, setFacing] = useState({ x, flip: false })
  if (facing.x === x) return facing.flip
  const wrapped = Math.abs(x - facing.x) > size / 2
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
