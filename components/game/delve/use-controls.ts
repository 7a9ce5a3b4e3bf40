'use client'

import { type RefObject, useEffect, useRef } from 'react'
import { type Direction, directions } from '@/lib/games/delve/delve-rules'

const keys: Record<string, Direction> = {
  ArrowUp: directions.up,
  w: directions.up,
  ArrowRight: directions.right,
  d: directions.right,
  ArrowDown: directions.down,
  s: directions.down,
  ArrowLeft: directions.left,
  a: directions.left,
}

/** Pixels a finger travels for one step; it may travel on for the next. */
const swipePixels = 26

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.closest('input,textarea,select,[role="dialog"]') !== null)

const blocksScroll = (event: KeyboardEvent) => event.key.startsWith('Arrow')

/** Arrow keys and WASD anywhere on the page, swipes on the board. */
export function useControls(
  board: RefObject<HTMLElement | null>,
  onStep: ((direction: Direction) => void) | null,
) {
  const step = useRef(onStep)
  step.current = onStep

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (isTyping(event.target) || !step.current) return
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
      const direction = keys[key]
      if (direction === undefined) return
      if (blocksScroll(event)) event.preventDefault()
      step.current(direction)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])

  useEffect(() => {
    const element = board.current
    if (!element) return
    let from: { x: number; y: number } | null = null
    const onStart = (event: PointerEvent) => {
      if (event.pointerType === 'mouse') return
      from = { x: event.clientX, y: event.clientY }
    }
    const onMove = (event: PointerEvent) => {
      if (!from || !step.current) return
      const x = event.clientX - from.x
      const y = event.clientY - from.y
      if (Math.max(Math.abs(x), Math.abs(y)) < swipePixels) return
      from = { x: event.clientX, y: event.clientY }
      step.current(
        Math.abs(x) > Math.abs(y)
          ? x > 0
            ? directions.right
            : directions.left
          : y > 0
            ? directions.down
            : directions.up,
      )
    }
    const onEnd = () => {
      from = null
    }
    element.addEventListener('pointerdown', onStart)
    element.addEventListener('pointermove', onMove)
    element.addEventListener('pointerup', onEnd)
    element.addEventListener('pointercancel', onEnd)
    return () => {
      element.removeEventListener('pointerdown', onStart)
      element.removeEventListener('pointermove', onMove)
      element.removeEventListener('pointerup', onEnd)
      element.removeEventListener('pointercancel', onEnd)
    }
  }, [board])
}
