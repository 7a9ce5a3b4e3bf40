import { encodeAbiParameters, keccak256 } from 'viem'

/** Cells from west to east. The dungeon wraps around in both directions. */
export const DELVE_WIDTH = 16

/** Cells from north to south. */
export const DELVE_HEIGHT = 12

/** Seconds between two tides, each of which brings new gems. */
export const TIDE_SECONDS = 60

/** Price of each relic in gems, by id. */
export const relicPrices = [3, 5, 8, 12, 18, 25, 42, 64] as const

/** One bit per wall, at `y * DELVE_WIDTH + x`. */
export const DELVE_WALLS = 0x000064264422018010080180799e10080180442264260000n

/** What `move(uint8)` takes. */
export const directions = { up: 0, right: 1, down: 2, left: 3 } as const

export type Direction = (typeof directions)[keyof typeof directions]

export type Position = { x: number; y: number }

/** The dungeon from one player's point of view. */
export type DelveState = Position & {
  /** Gems in hand, at most 65,535. */
  gems: number
  /** Relics owned, by id. */
  relics: readonly number[]
  /** Gems that lie on the board, one bit per cell. */
  board: bigint
}

/** One thing that a player does. */
export type DelveMove =
  | { kind: 'step'; direction: Direction }
  | { kind: 'mint'; relicId: number }

const GEMS_MAX = 65_535
const CELLS_MASK = (1n << 192n) - 1n

/** Index of a cell in every bitmap. */
export const cellOf = ({ x, y }: Position) => y * DELVE_WIDTH + x

/** Whether a bitmap has the cell. */
export const hasCell = (bitmap: bigint, cell: number) =>
  ((bitmap >> BigInt(cell)) & 1n) === 1n

/** Cells of a bitmap, ascending. */
export function cellsOf(bitmap: bigint): number[] {
  const cells: number[] = []
  for (let cell = 0; cell < DELVE_WIDTH * DELVE_HEIGHT; cell++) {
    if (hasCell(bitmap, cell)) cells.push(cell)
  }
  return cells
}

const hashOf = (value: bigint) =>
  BigInt(keccak256(encodeAbiParameters([{ type: 'uint256' }], [value])))

/** Gems that a tide brings, one bit per cell; as `Delve.gemsOf`. */
export function gemsOfTide(tide: bigint): bigint {
  const first = hashOf(tide)
  const second = hashOf(first)
  const third = hashOf(second)
  return first & second & third & CELLS_MASK & ~DELVE_WALLS
}

/** The cell one step away, over the edge if need be; as `Delve._step`. */
export function stepFrom({ x, y }: Position, direction: Direction): Position {
  const wrap = (value: number, size: number) => (value + size) % size
  switch (direction) {
    case directions.up:
      return { x, y: wrap(y - 1, DELVE_HEIGHT) }
    case directions.right:
      return { x: wrap(x + 1, DELVE_WIDTH), y }
    case directions.down:
      return { x, y: wrap(y + 1, DELVE_HEIGHT) }
    case directions.left:
      return { x: wrap(x - 1, DELVE_WIDTH), y }
  }
}

/**
 * The state after a move, or null where the contract would revert (a wall
 * ahead, too few gems, no such relic). Never changes its argument.
 */
export function applyMove(
  state: DelveState,
  move: DelveMove,
): DelveState | null {
  return move.kind === 'step'
    ? applyStep(state, move.direction)
    : applyMint(state, move.relicId)
}

function applyStep(state: DelveState, direction: Direction): DelveState | null {
  const next = stepFrom(state, direction)
  const cell = cellOf(next)
  if (hasCell(DELVE_WALLS, cell)) return null
  if (!hasCell(state.board, cell)) return { ...state, ...next }
  return {
    ...state,
    ...next,
    gems: Math.min(GEMS_MAX, state.gems + 1),
    board: state.board & ~(1n << BigInt(cell)),
  }
}

function applyMint(state: DelveState, relicId: number): DelveState | null {
  const price = relicPrices[relicId]
  if (price === undefined || state.gems < price) return null
  return {
    ...state,
    gems: state.gems - price,
    relics: state.relics.map((count, id) => count + (id === relicId ? 1 : 0)),
  }
}
