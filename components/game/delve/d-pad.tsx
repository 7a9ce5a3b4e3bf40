'use client'

import { ChevronDown, ChevronLeft, ChevronRight, ChevronUp } from 'lucide-react'
import { type Direction, directions } from '@/lib/games/delve/delve-rules'

const pads = [
  { name: 'left', Icon: ChevronLeft, cell: 'col-start-1 row-start-2' },
  { name: 'up', Icon: ChevronUp, cell: 'col-start-2 row-start-1' },
  { name: 'down', Icon: ChevronDown, cell: 'col-start-2 row-start-3' },
  { name: 'right', Icon: ChevronRight, cell: 'col-start-3 row-start-2' },
] as const

type DPadProps = {
  disabled: boolean
  onStep: (direction: Direction) => void
}

/** Four buttons: a cross under the thumb on phones, a row beside the keys on desks. */
export function DPad({ disabled, onStep }: DPadProps) {
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
          onClick={() => onStep(directions[name])}
          className={`${cell} flex items-center justify-center rounded-xl border border-white/12 bg-basalt-800 text-parchment-dim shadow-[0_3px_0_rgb(0_0_0/50%)] transition-[transform,background,box-shadow] duration-75 hover:bg-basalt-700 hover:text-parchment active:translate-y-[3px] active:bg-torch active:text-basalt-950 active:shadow-none disabled:opacity-40 lg:size-10`}
        >
          <Icon className="size-6 lg:size-5" aria-hidden="true" />
        </button>
      ))}
    </fieldset>
  )
}
