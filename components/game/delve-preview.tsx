'use client'

import { useEffect, useState } from 'react'
import { DungeonView, Figure } from './dungeon-view'

const columns = 13
const rows = 9
/** A walk around the room that ends where it began. */
const walk = 'RRRRDDRRUURRRDDDLLLDDDLLLLLLUULUUUUR'
const steps = { R: [1, 0], L: [-1, 0], U: [0, -1], D: [0, 1] } as const
const gems = [
  [5, 1],
  [8, 3],
  [10, 1],
  [11, 4],
  [8, 7],
  [5, 7],
  [2, 5],
  [1, 3],
].map(([x = 0, y = 0]) => ({ x, y }))

/** Two others, by their colours. */
const mossy = '0x0000a0aa00'
const rusty = '0x000014ff00'

const walls = [
  [3, 3],
  [4, 3],
  [4, 4],
  [9, 2],
  [10, 2],
  [6, 0],
  [10, 6],
  [0, 7],
  [12, 2],
].map(([x = 0, y = 0]) => ({ x, y }))

type Frame = { x: number; y: number; flip: boolean }

/** Every position of the walk, from the start on. */
function framesOf(): Frame[] {
  const frames: Frame[] = [{ x: 2, y: 1, flip: false }]
  for (const letter of walk) {
    const last = frames.at(-1)
    const step = steps[letter as keyof typeof steps]
    if (!last || !step) break
    const flip = step[0] === 0 ? last.flip : step[0] < 0
    frames.push({ x: last.x + step[0], y: last.y + step[1], flip })
  }
  return frames
}

const frames = framesOf()

/** Delve as it looks, walked by a script; decorative. The real board is one click away. */
export function DelvePreview() {
  const [at, setAt] = useState(0)

  useEffect(() => {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    const timer = setInterval(() => {
      if (!document.hidden) setAt((index) => (index + 1) % frames.length)
    }, 430)
    return () => clearInterval(timer)
  }, [])

  const hero = frames[at] ?? { x: 2, y: 1, flip: false }
  const taken = frames.slice(0, at + 1)
  const left = gems.filter(
    (gem) => !taken.some((frame) => frame.x === gem.x && frame.y === gem.y),
  )
  return (
    <DungeonView
      columns={columns}
      rows={rows}
      walls={walls}
      gems={left}
      torch={{ ...hero, radius: 6 }}
      label="Delve: an adventurer with a torch collects gems in a dark dungeon"
    >
      <Figure x={6} y={5} columns={columns} address={mossy} glideMs={0} />
      <Figure x={11} y={7} columns={columns} address={rusty} glideMs={0} flip />
      <Figure {...hero} columns={columns} address={null} glideMs={300} />
    </DungeonView>
  )
}
