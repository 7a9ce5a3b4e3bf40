'use client'

import { ChevronDown, ChevronLeft, ChevronRight, ChevronUp } from 'lucide-react'
import { useCallback, useEffect, useRef } from 'react'
import { type Direction, directions } from '@/lib/games/delve/delve-rules'

const pads = [
  { name: 'left', Icon: ChevronLeft, cell: 'col-start-1 row-start-2' },
  { name: 'up', Icon: ChevronUp, cell: 'col-start-2 row-start-1' },
  { name: 'down', Icon: ChevronDown, cell: 'col-start-2 row-start-3' },
  { name: 'right', Icon: ChevronRight, cell: 'col-start-3 row-start-2' },
] as const

/** A held button walks on, after a pause that keeps a tap a single step. */
const holdMs = 260
const repeatMs = 130

type DPadProps = {
  disabled: boolean
  onStep: (direction: Direction) => void
}

/** Four buttons: a cross under the thumb on phones, a row beside the keys on desks. */
export function DPad({ disabled, onStep }: DPadProps) {
  const hold = useHold(onStep, disabled)
  return (
    <fieldset
      disabled={disabled}
      className="grid w-fit touch-manipulation select-none grid-cols-[repeat(3,3.75rem)] grid-rows-[repeat(3,3.25rem)] gap-1.5 lg:flex"
    >
      <legend className="sr-only">Walk</legend>
      {pads.map(({ name, Icon, cell }) => (
        <button
          key={name}
          type="button"
          aria-label={`Move ${name}`}
          onPointerDown={() => hold.start(directions[name])}
          onPointerUp={hold.stop}
          onPointerLeave={hold.stop}
          onPointerCancel={hold.stop}
          onContextMenu={(event) => event.preventDefault()}
          onClick={(event) => {
            // Pointers step when pressed; this is the keyboard and assistive technology.
            if (event.detail === 0) onStep(directions[name])
          }}
          className={`${cell} flex items-center justify-center rounded-xl border border-white/12 bg-basalt-800 text-parchment-dim shadow-[0_3px_0_rgb(0_0_0/50%)] transition-[transform,background,box-shadow] duration-75 hover:bg-basalt-700 hover:text-parchment active:translate-y-[3px] active:bg-torch active:text-basalt-950 active:shadow-none disabled:opacity-40 lg:size-10`}
        >
          <Icon className="size-6 lg:size-5" aria-hidden="true" />
        </button>
      ))}
    </fieldset>
  )
}

/** Steps at once, and again and again for as long as the pointer is down. */
function useHold(onStep: (direction: Direction) => void, disabled: boolean) {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const latest = useRef({ onStep, disabled })
  latest.current = { onStep, disabled }

  const stop = useCallback(() => {
    if (timer.current) clearTimeout(timer.current)
    timer.current = null
  }, [])

  const start = (direction: Direction) => {
    stop()
    const step = (waitMs: number) => {
      if (latest.current.disabled) return
      latest.current.onStep(direction)
      timer.current = setTimeout(() => step(repeatMs), waitMs)
    }
    step(holdMs)
  }

  useEffect(() => stop, [stop])
  return { start, stop }
}
