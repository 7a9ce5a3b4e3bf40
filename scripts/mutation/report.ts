import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type Mutant, normalise, type Operator } from './mutate'
import type { Answer, Status } from './worker'

const equivalents = z.array(
  z.strictObject({
    /** The source line or lines, and what the mutant makes of them. */
    original: z.string(),
    mutated: z.string(),
    operator: z.enum(['negate', 'boundary', 'condition', 'drop']),
    /** Why no test can tell the two apart. */
    reason: z.string().min(20),
  }),
)

/** A change that is known not to change what the contracts do. */
export type Equivalent = z.infer<typeof equivalents>[number]

/** What became of one mutant. */
export interface Outcome {
  id: string
  file: string
  line: number
  operator: Operator
  original: string
  mutated: string
  status: Status | 'equivalent'
  /** The test that killed it, or the reason why it is equivalent. */
  detail: string
  /** Of all that it was compiled from. */
  digest?: string
}

export interface Summary {
  mutants: number
  killed: number
  killedByTests: number
  killedByBuild: number
  killedByTimeout: number
  survived: number
  equivalent: number
  /** Percent, with one decimal. */
  score: number
}

export function readEquivalents(): Equivalent[] {
  const path = join(import.meta.dirname, 'equivalents.json')
  return equivalents.parse(JSON.parse(readFileSync(path, 'utf8')))
}

type Change = Pick<Mutant, 'operator' | 'original' | 'mutated'>

function isAbout(mutant: Change, entry: Equivalent): boolean {
  return (
    mutant.operator === entry.operator &&
    mutant.original === normalise(entry.original) &&
    mutant.mutated === normalise(entry.mutated)
  )
}

/** The entries that are about none of `mutants`. */
export function findStale(
  entries: readonly Equivalent[],
  mutants: readonly Mutant[],
): Equivalent[] {
  return entries.filter(
    (entry) => !mutants.some((mutant) => isAbout(mutant, entry)),
  )
}

/** Why a mutant is equivalent that no list has to name. */
export const sameBytecode = 'compiles to the same bytecode'

/** The entry that is about a mutant. */
export function findEntry(
  mutant: Change,
  entries: readonly Equivalent[],
): Equivalent | undefined {
  return entries.find((each) => isAbout(mutant, each))
}

/** Only a survivor can be equivalent: what a test kills is not. */
export function decide(
  mutant: Mutant,
  { status, detail }: Answer,
  entries: readonly Equivalent[],
): Outcome {
  const { source: _, ...description } = mutant
  const entry = findEntry(mutant, entries)
  if (status === 'same bytecode') {
    return { ...description, status: 'equivalent', detail: sameBytecode }
  }
  if (status === 'survived' && entry) {
    return { ...description, status: 'equivalent', detail: entry.reason }
  }
  return { ...description, status, detail }
}

/** Equivalent mutants count neither as killed nor as survived. */
export function summarise(outcomes: readonly Outcome[]): Summary {
  const count = (status: Outcome['status']) =>
    outcomes.filter((outcome) => outcome.status === status).length
  const killedByTests = count('killed')
  const killedByBuild = count('killed (build)')
  const killedByTimeout = count('killed (timeout)')
  const killed = killedByTests + killedByBuild + killedByTimeout
  const equivalent = count('equivalent')
  const mutants = outcomes.length - equivalent
  return {
    mutants,
    killed,
    killedByTests,
    killedByBuild,
    killedByTimeout,
    survived: count('survived'),
    equivalent,
    score: mutants === 0 ? 100 : Math.floor((killed / mutants) * 1000) / 10,
  }
}

/** One mutant as it is printed. */
export function render({ id, original, mutated, detail }: Outcome): string {
  return `  ${id}\n    - ${original}\n    + ${mutated}\n    ${detail}`.trimEnd()
}

/** The end of the output. */
export function renderSummary(outcomes: readonly Outcome[]): string {
  const lines: string[] = []
  for (const status of ['equivalent', 'broken', 'survived'] as const) {
    const found = outcomes.filter((outcome) => outcome.status === status)
    if (found.length === 0) continue
    lines.push(`${status}:`, ...found.map(render))
  }
  const summary = summarise(outcomes)
  const { mutants, killed, survived, score } = summary
  lines.push(
    `killed by tests: ${summary.killedByTests}, killed (build): ${summary.killedByBuild}, killed (timeout): ${summary.killedByTimeout}, equivalent, not counted: ${summary.equivalent}`,
    `mutants: ${mutants}, killed: ${killed}, survived: ${survived}, score: ${score.toFixed(1)} %`,
  )
  return lines.join('\n')
}
