import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { compareSnapshots, readSnapshots } from './compare-snapshots'

const folder = mkdtempSync(join(tmpdir(), 'playkey-snapshots-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('compareSnapshots', () => {
  const kept = { Game: { move: '100', mint: '200' } }

  test('behavior: the same figures are no difference', () => {
    expect(compareSnapshots(kept, structuredClone(kept))).toEqual([])
  })

  test('behavior: every other, new and missing figure is one', () => {
    const measured = { Game: { move: '101', rest: '50' }, Token: { pay: '1' } }
    expect(compareSnapshots(kept, measured)).toEqual([
      'Game, move: 100 → 101',
      'Game, mint: 200 → none',
      'Game, rest: none → 50',
      'Token, pay: none → 1',
    ])
  })

  test('behavior: nothing measured is a difference', () => {
    expect(compareSnapshots(kept, {})).toHaveLength(2)
  })
})

test('readSnapshots: groups are named after their files', () => {
  writeFileSync(join(folder, 'Game.json'), '{ "move": "100" }')
  writeFileSync(join(folder, 'notes.txt'), 'not a snapshot')
  expect(readSnapshots(folder)).toEqual({ Game: { move: '100' } })
})
