// Mutation check: changes one condition of the contracts at a time and shows
// that the tests notice. Prints the survivors and writes the outcome of a
// whole run to bench/results/mutation.json; the exit code is 1 when a mutant
// survives.
//
//   --file <glob>     Files to mutate, relative to contracts/src; repeatable.
//   --only <id>       Mutants whose id starts so; repeatable.
//   --sample <n>      That many, evenly spread over all.
//   --jobs <n>        Processes, 2 if not given.
//   --drop            Also takes out every check, beyond negating it.
//   --list            Only lists the mutants.
//   --out <path>      Writes the outcome of this run, whole or not, there.
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Mutant, mutate } from './mutation/mutate'
import { testMutants } from './mutation/pool'
import {
  contracts,
  findTargets,
  matchSources,
  readConfig,
  root,
} from './mutation/project'
import {
  decide,
  findStale,
  type Outcome,
  readEquivalents,
  renderSummary,
  summarise,
} from './mutation/report'
import { isExcluded } from './mutation/scratch'

/** SessionManager and all that it is made of, what decides about terms, and the account. */
const files = [
  '{PlayerAccount,PlayerAccountFactory}.sol',
  '{PolicyRegistry,TermsCompiler}.sol',
  'Session*.sol',
  'Intent*.sol',
  'types/*.sol',
]

const { values: options } = parseArgs({
  options: {
    file: { type: 'string', multiple: true },
    only: { type: 'string', multiple: true },
    sample: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    drop: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
})

function toCount(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count > 0) return count
  throw new Error(`not a positive whole number: ${text}`)
}

/** `count` of `all`, at even distances. */
function spread<Item>(all: readonly Item[], count: number): Item[] {
  if (count >= all.length) return [...all]
  return all.filter(
    (_, i) =>
      Math.floor(((i + 1) * count) / all.length) >
      Math.floor((i * count) / all.length),
  )
}

function findMutants(): Mutant[] {
  return matchSources(options.file ?? files).flatMap((file) =>
    mutate(file, readFileSync(join(contracts, file), 'utf8'), options.drop),
  )
}

function choose(all: readonly Mutant[]): Mutant[] {
  const { only, sample } = options
  const named = all.filter(
    ({ id }) =>
      !only || only.some((start) => id.replace(/^src\//, '').startsWith(start)),
  )
  return sample ? spread(named, toCount(sample)) : named
}

async function test(mutants: readonly Mutant[]): Promise<Outcome[]> {
  const entries = readEquivalents()
  const outcomes = new Map<string, Outcome>()
  const config = readConfig()
  const targets = findTargets(isExcluded)
  let total = 0
  await testMutants(
    mutants,
    toCount(options.jobs),
    config,
    targets,
    (mutant, answer) => {
      const outcome = decide(mutant, answer, entries)
      outcomes.set(mutant.id, outcome)
      total += answer.seconds
      const progress = `${outcomes.size}/${mutants.length}`
      const { id, status, detail } = outcome
      const seconds = answer.seconds.toFixed(1)
      console.log(`${progress} ${id} ${status}, ${seconds} s  ${detail}`)
    },
  )
  const average = (total / Math.max(outcomes.size, 1)).toFixed(1)
  console.log(`\n${average} s per mutant and job`)
  return mutants.flatMap(({ id }) => outcomes.get(id) ?? [])
}

function write(outcomes: readonly Outcome[]): void {
  const { file, only, sample } = options
  const isWhole = !file && !only && !sample
  const path = options.out ?? (isWhole && 'bench/results/mutation.json')
  if (!path) return
  const contents = { ...summarise(outcomes), outcomes }
  writeFileSync(resolve(root, path), `${JSON.stringify(contents, null, 2)}\n`)
}

const all = findMutants()
const mutants = choose(all)
if (options.list) {
  for (const { id, original, mutated } of mutants) {
    console.log(`${id}\n  - ${original}\n  + ${mutated}`)
  }
  console.log(`mutants: ${mutants.length}`)
} else {
  const outcomes = await test(mutants)
  console.log(renderSummary(outcomes))
  if (!options.file) {
    for (const { original } of findStale(readEquivalents(), all)) {
      console.log(`equivalents.json: about no mutant: ${original}`)
    }
  }
  write(outcomes)
  const { killed, mutants: count } = summarise(outcomes)
  if (killed !== count) process.exitCode = 1
}
