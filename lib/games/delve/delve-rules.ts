import type { Address } from 'viem'

/** Cells along each side of the dungeon, which wraps around. */
export const DELVE_SIZE = 16

/** Number of relics; ids run from 0. */
export const RELIC_COUNT = 8

/** What `move(uint8)` takes. */
export const directions = { up: 0, right: 1, down: 2, left: 3 } as const

export type Direction = (typeof directions)[keyof typeof directions]

/** A player as everyone sees them. */
export type DelvePlayer = { account: Address; x: number; y: number }

/** The dungeon from one player's point of view. */
export type DelveState = {
  x: number
  y: number
  /** Gems in hand. */
  gems: number
  /** Cells (`y * DELVE_SIZE + x`) on which a gem lies. */
  gemCells: ReadonlySet<number>
  /** Relics owned, by id. */
  relics: readonly number[]
}

/** One thing that a player does. */
export type DelveMove =
  | { kind: 'step'; direction: Direction }
  | { kind: 'mint'; relicId: number }
