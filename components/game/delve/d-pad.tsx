'use client'

import { ChevronDown, ChevronLeft, ChevronRight, ChevronUp } from 'lucide-react'
import { type Direction, directions } from '@/lib/games/delve/delve-rules'

const pads = [
  { name: 'up', Icon: ChevronUp, cell: 'col-start-2 row-start-1' },
  { name: 'left', Icon: ChevronLeft, cell: 'col-start-1 row-start-2' },
  { name: 'right', Icon: ChevronRight, cell: 'col-start-3 row-start-2' },
  { name: 'down', Icon: ChevronDown, cell: 'col-start-2 row-start-3' },
] as const

type DPadProps = {
  disabled: boolean
  onStep: (direction: Direction) => void
}

/** Four buttons in a cross. */
export function DPad({ disabled, onStep }: DPadProps) {
  return (
    <fieldset
      disabled={disabled}
      className="grid w-fit touch-manipulation grid-cols-[repeat(3,3.5rem)] grid-rows-[repeat(3,3.5rem)] gap-1.5"
    >
      <legend className="sr-only">Walk</legend>
      {pads.map(({ name, Icon, cell }) => (
        <button
          key={name}
          type="button"
          aria-label={`Move ${name}`}
          onClick={() => onStep(directions[name])}
          className={`${cell} flex items-center justify-center rounded-xl border border-white/12 bg-basalt-800 text-parchment-dim shadow-[0_3px_0_rgb(0_0_0/50%)] transition-[transform,background,box-shadow] duration-75 hover:bg-basalt-700 hover:text-parchment active:translate-y-[3px] active:bg-torch active:text-basalt-950 active:shadow-none disabled:opacity-40`}
        >
          <Icon className="size-6" aria-hidden="true" />
        </button>
      ))}
      <span
        aria-hidden="true"
        className="col-start-2 row-start-2 m-auto size-2 bg-basalt-600"
      />
    </fieldset>
  )
}
