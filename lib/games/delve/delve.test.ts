import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  beginMove,
  settleMove,
  shownOf,
  startForecast,
  syncForecast,
  turnTide,
} from './delve-forecast'
import {
  applyMove,
  cellOf,
  cellsOf,
  DELVE_HEIGHT,
  DELVE_WALLS,
  DELVE_WIDTH,
  type DelveState,
  type Direction,
  directions,
  gemsOfTide,
  hasCell,
  relicPrices,
  stepFrom,
} from './delve-rules'
import { boardAt } from './read-delve'

const state: DelveState = {
  x: 0,
  y: 0,
  gems: 0,
  relics: relicPrices.map(() => 0),
  board: 1n << 1n,
}
const right = { kind: 'step', direction: directions.right } as const

describe('delve rules', () => {
  test('behavior: the dungeon wraps around in every direction', () => {
    expect(stepFrom({ x: 0, y: 0 }, directions.up)).toEqual({ x: 0, y: 11 })
    expect(stepFrom({ x: 0, y: 0 }, directions.left)).toEqual({ x: 15, y: 0 })
    expect(stepFrom({ x: 15, y: 11 }, directions.right)).toEqual({
      x: 0,
      y: 11,
    })
    expect(stepFrom({ x: 15, y: 11 }, directions.down)).toEqual({ x: 15, y: 0 })
  })

  test('behavior: a step onto a gem picks it up, once', () => {
    const once = applyMove(state, right)
    expect(once).toMatchObject({ x: 1, y: 0, gems: 1, board: 0n })
    expect(state.gems).toBe(0)
  })

  test('error: a wall ahead cannot be entered', () => {
    expect(applyMove({ ...state, y: 1 }, right)).toBeNull()
  })

  test('behavior: minting pays the price and keeps the relic', () => {
    const rich = { ...state, gems: 6 }
    expect(applyMove(rich, { kind: 'mint', relicId: 1 })).toMatchObject({
      gems: 1,
      relics: [0, 1, 0, 0, 0, 0, 0, 0],
    })
  })

  test('error: too few gems, or no such relic', () => {
    expect(applyMove(state, { kind: 'mint', relicId: 0 })).toBeNull()
    const rich = { ...state, gems: 999 }
    expect(applyMove(rich, { kind: 'mint', relicId: 8 })).toBeNull()
  })

  test('behavior: tides never bring gems into walls or off the board', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 40n), (tide) => {
        const gems = gemsOfTide(tide)
        expect(gems & DELVE_WALLS).toBe(0n)
        expect(gems >> 192n).toBe(0n)
      }),
      { numRuns: 50 },
    )
  })

  test('behavior: no walk ever ends in a wall or outside', () => {
    const walk = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 200 })
    fc.assert(
      fc.property(walk, (steps) => {
        const end = steps.reduce<DelveState>(
          (at, direction) =>
            applyMove(at, {
              kind: 'step',
              direction: direction as Direction,
            }) ?? at,
          state,
        )
        expect(hasCell(DELVE_WALLS, cellOf(end))).toBe(false)
        expect(end.x).toBeLessThan(DELVE_WIDTH)
        expect(end.y).toBeLessThan(DELVE_HEIGHT)
      }),
    )
  })

  test('behavior: cells of a bitmap come in ascending order', () => {
    expect(cellsOf((1n << 191n) | 5n)).toEqual([0, 2, 191])
  })

  test('behavior: a board of an earlier tide gives way to the new tide', () => {
    const board = { gems: 4n, tide: 10n }
    expect(boardAt(board, 659)).toBe(4n)
    expect(boardAt(board, 660)).toBe(gemsOfTide(11n))
  })
})

describe('delve forecast', () => {
  test('behavior: moves on their way show at once, failed ones vanish', () => {
    const first = beginMove(startForecast(state), right)
    const second = first && beginMove(first, right)
    if (!second) throw new Error('both steps are free')
    expect(shownOf(second)).toMatchObject({ x: 2, gems: 1 })

    const failed = settleMove(second, 0, false)
    expect(shownOf(failed)).toMatchObject({ x: 1, gems: 1 })
    const settled = settleMove(failed, 1, true)
    expect(settled.confirmed).toMatchObject({ x: 1, gems: 1 })
    expect(settled.pending).toEqual([])
  })

  test('behavior: settling twice changes nothing', () => {
    const begun = beginMove(startForecast(state), right)
    if (!begun) throw new Error('the step is free')
    const settled = settleMove(begun, 0, true)
    expect(settleMove(settled, 0, true)).toBe(settled)
  })

  test('error: a move that the contract would refuse is not begun', () => {
    const walled = startForecast({ ...state, y: 1 })
    expect(beginMove(walled, right)).toBeNull()
  })

  test('behavior: a reading is ignored while a move is on its way or was begun meanwhile', () => {
    const reading = { ...state, x: 9 }
    const start = startForecast(state)
    const begun = beginMove(start, right)
    if (!begun) throw new Error('the step is free')
    expect(syncForecast(begun, reading, start)).toBe(begun)
    const settled = settleMove(begun, 0, true)
    expect(syncForecast(settled, reading, start)).toBe(settled)
    // Begun before the reading, settled during it: the reading may not know of it.
    expect(syncForecast(settled, reading, begun)).toBe(settled)
    expect(syncForecast(settled, reading, settled).confirmed).toBe(reading)
  })

  test('behavior: a new tide brings its gems', () => {
    const turned = turnTide(startForecast(state), 7n)
    expect(turned.confirmed.board).toBe(gemsOfTide(7n))
  })
})
