import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Mutant } from './mutate'
import type { Config, Sources } from './project'
import {
  type Equivalent,
  findEntry,
  type Outcome,
  sameBytecode,
} from './report'

const written = z.object({
  outcomes: z.array(
    z.object({
      id: z.string(),
      file: z.string(),
      line: z.number(),
      operator: z.enum(['negate', 'boundary', 'condition', 'drop']),
      original: z.string(),
      mutated: z.string(),
      status: z.enum([
        ...(['killed', 'killed (build)', 'killed (timeout)'] as const),
        ...(['survived', 'same bytecode', 'broken', 'equivalent'] as const),
      ]),
      detail: z.string(),
      digest: z.string(),
    }),
  ),
})

/**
 * Of all sources that the mutant is compiled from, its own change among them, and of the settings.
 * @param closures The sources of each contract that is deployed.
 */
export function digestOf(
  { file, source }: Mutant,
  closures: readonly Sources[],
  config: Config,
): string {
  const hash = createHash('sha256').update(JSON.stringify(config))
  const name = `contracts/${file}`
  for (const sources of closures) {
    if (!sources[name]) continue
    const mutated = { ...sources, [name]: { content: source } }
    for (const each of Object.keys(mutated).sort()) {
      hash.update(`${each}\0${mutated[each]?.content}\0`)
    }
  }
  return hash.digest('hex').slice(0, 16)
}

/** What an earlier run wrote. */
export function readOutcomes(path: string): Outcome[] {
  return written.parse(JSON.parse(readFileSync(path, 'utf8'))).outcomes
}

/** Whether a test has killed it, or it is the same bytecode. */
function isDecided({ status, detail }: Outcome): boolean {
  return (
    status.startsWith('killed') ||
    (status === 'equivalent' && detail === sameBytecode)
  )
}

/**
 * Outcomes of the mutants that need no test again, by id: a test has killed
 * them, they are the same bytecode, or they survived and are listed by now.
 * @param digests What each mutant is compiled from now, by id.
 */
export function findKept(
  outcomes: readonly Outcome[],
  digests: ReadonlyMap<string, string>,
  entries: readonly Equivalent[],
): Map<string, Outcome> {
  const kept = new Map<string, Outcome>()
  for (const outcome of outcomes) {
    const { id, status } = outcome
    if (digests.get(id) !== outcome.digest) continue
    const entry = findEntry(outcome, entries)
    if (isDecided(outcome)) kept.set(id, outcome)
    else if (entry && (status === 'survived' || status === 'equivalent'))
      kept.set(id, { ...outcome, status: 'equivalent', detail: entry.reason })
  }
  return kept
}
