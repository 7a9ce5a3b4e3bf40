import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Mutant } from './mutate'
import type { Config } from './project'
import type { Outcome } from './report'
import { decide } from './report'
import { digestOf, findKept, readOutcomes } from './resume'

const config: Config = {
  ...{ solc: 'solc', via_ir: true, optimizer: true, optimizer_runs: 1 },
  ...{ evm_version: 'osaka', bytecode_hash: 'none', cbor_metadata: false },
  remappings: [],
}
const mutant: Mutant = {
  ...{ id: 'src/A.sol:1:1:negate', file: 'src/A.sol', line: 1 },
  ...{ operator: 'negate', original: 'a == b', mutated: 'a != b' },
  source: 'a != b',
}
const sources = {
  'contracts/src/A.sol': { content: 'a == b' },
  'contracts/src/B.sol': { content: 'b' },
}

function outcome(change: Partial<Outcome>): Outcome {
  const { source: _, ...description } = mutant
  const whole = { status: 'killed', detail: 'test', digest: 'same' } as const
  return { ...description, ...whole, ...change }
}

describe('digestOf', () => {
  const digest = digestOf(mutant, [sources], config)

  it('changes with the mutant, whatever it is compiled with, and the settings', () => {
    const other = { ...sources, 'contracts/src/B.sol': { content: 'c' } }
    expect([
      digestOf({ ...mutant, source: 'a' }, [sources], config),
      digestOf(mutant, [other], config),
      digestOf(mutant, [sources], { ...config, optimizer_runs: 2 }),
    ]).not.toContain(digest)
  })

  it('is not changed by contracts that do not contain the mutant', () => {
    const apart = { 'contracts/src/C.sol': { content: 'c' } }
    expect(digestOf(mutant, [sources, apart], config)).toBe(digest)
  })

  it('does not depend on the original of what is changed', () => {
    const before = { ...sources, 'contracts/src/A.sol': { content: 'a' } }
    expect(digestOf(mutant, [before], config)).toBe(digest)
  })
})

describe('findKept', () => {
  const digests = new Map([[mutant.id, 'same']])
  const entry = {
    ...{ original: 'a == b', mutated: 'a != b' },
    operator: 'negate' as const,
    reason: 'A reason that is still listed.',
  }
  const isKept = (change: Partial<Outcome>) =>
    findKept([outcome(change)], digests, [entry]).size === 1

  it('keeps what was killed, and what is the same bytecode', () => {
    const answer = { id: mutant.id, detail: '', seconds: 1 }
    const same = decide(mutant, { ...answer, status: 'same bytecode' }, [])
    expect(isKept({ status: 'killed' })).toBe(true)
    expect(isKept({ status: 'killed (build)' })).toBe(true)
    expect(isKept({ status: 'killed (timeout)' })).toBe(true)
    expect(isKept({ ...same, digest: 'same' })).toBe(true)
  })

  it('keeps survivors that are listed by now, with the reason', () => {
    const expected = outcome({ status: 'equivalent', detail: entry.reason })
    for (const status of ['survived', 'equivalent'] as const) {
      const written = outcome({ status, detail: 'as it was' })
      const kept = findKept([written], digests, [entry])
      expect(kept.get(mutant.id)).toEqual(expected)
    }
    expect(isKept({ status: 'broken' })).toBe(false)
  })

  it('keeps nothing that a further test could kill', () => {
    const other = { mutated: 'a > b' }
    expect(isKept({ status: 'survived', ...other })).toBe(false)
    expect(isKept({ status: 'equivalent', detail: 'x', ...other })).toBe(false)
    expect(isKept({ status: 'broken' })).toBe(false)
  })

  it('keeps nothing of other sources, nor what is no mutant any more', () => {
    expect(isKept({ digest: 'other' })).toBe(false)
    expect(isKept({ id: 'src/A.sol:2:1:negate' })).toBe(false)
  })
})

describe('readOutcomes', () => {
  it('reads what a run writes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'playkey-resume-'))
    const path = join(folder, 'out.json')
    const contents = { mutants: 1, left: 0, outcomes: [outcome({})] }
    writeFileSync(path, JSON.stringify(contents))
    expect(readOutcomes(path)).toEqual([outcome({})])
    rmSync(folder, { recursive: true })
  })
})
