// Mutation check: changes one condition of the contracts at a time and shows
// that the tests notice. Prints the survivors and writes the outcome of a
// whole run to bench/results/mutation.json, as far as it has come after every
// mutant; the exit code is 1 when a mutant survives.
//
//   --file <glob>     Files to mutate, relative to contracts/src; repeatable.
//   --only <id>       Mutants whose id starts so; repeatable.
//   --sample <n>      That many, evenly spread over all.
//   --jobs <n>        Processes, 2 if not given.
//   --drop            Also takes out every check, beyond negating it.
//   --list            Only lists the mutants.
//   --out <path>      Writes the outcome of this run, whole or not, there.
//   --resume          Goes on with what is written: tests all mutants but those
//                     that were killed, or made no difference, in the same
//                     sources. Tests may have been added since, not taken out.
//                     Of a part, only that is tested, and all is written.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Mutant, mutate } from './mutation/mutate'
import { testMutants } from './mutation/pool'
import {
  contracts,
  findTargets,
  matchSources,
  readClosure,
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
import { digestOf, findKept, readOutcomes } from './mutation/resume'
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
    resume: { type: 'boolean', default: false },
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

/** In an order whose every beginning is spread over all of them, so that a run that is ended early tells of all. */
function shuffle<Item>(all: readonly Item[]): Item[] {
  const golden = (Math.sqrt(5) - 1) / 2
  return all
    .map((item, i) => ({ item, place: (i * golden) % 1 }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
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

/** Where outcomes go, if anywhere: those of a part only on demand. */
function findPath(): string | null {
  const { file, only, sample, out } = options
  const isWhole = !file && !only && !sample
  const path = out ?? (isWhole ? 'bench/results/mutation.json' : null)
  return path && resolve(root, path)
}

/** In one step, so that whoever ends the run leaves a whole file. */
function write(path: string, total: number, outcomes: readonly Outcome[]) {
  const left = total - outcomes.length
  const contents = { ...summarise(outcomes), left, outcomes }
  writeFileSync(`${path}.part`, `${JSON.stringify(contents, null, 2)}\n`)
  renameSync(`${path}.part`, path)
}

/** Outcomes of `chosen`, and of those of `all` that an earlier run has left. */
async function test(
  all: readonly Mutant[],
  chosen: readonly Mutant[],
): Promise<Outcome[]> {
  const entries = readEquivalents()
  const config = readConfig()
  const targets = findTargets(isExcluded)
  const path = findPath()
  const closures = targets.map((target) => readClosure(target, config))
  const digests = new Map(
    all.map((mutant) => [mutant.id, digestOf(mutant, closures, config)]),
  )
  const goesOn = options.resume && path !== null && existsSync(path)
  const outcomes = goesOn
    ? findKept(readOutcomes(path), digests, entries)
    : new Map<string, Outcome>()
  const mutants = goesOn ? all : chosen
  const inOrder = () => mutants.flatMap(({ id }) => outcomes.get(id) ?? [])
  const left = chosen.filter(({ id }) => !outcomes.has(id))
  if (goesOn) console.log(`kept: ${outcomes.size}, to test: ${left.length}`)
  let total = 0
  await testMutants(
    shuffle(left),
    toCount(options.jobs),
    config,
    targets,
    (mutant, answer) => {
      const digest = digests.get(mutant.id) ?? ''
      const outcome = { ...decide(mutant, answer, entries), digest }
      outcomes.set(mutant.id, outcome)
      total += answer.seconds
      const progress = `${outcomes.size}/${mutants.length}`
      const { id, status, detail } = outcome
      const seconds = answer.seconds.toFixed(1)
      console.log(`${progress} ${id} ${status}, ${seconds} s  ${detail}`)
      if (path) write(path, mutants.length, inOrder())
    },
  )
  const average = (total / Math.max(left.length, 1)).toFixed(1)
  console.log(`\n${average} s per mutant and job`)
  if (path) write(path, mutants.length, inOrder())
  return inOrder()
}

const all = findMutants()
const mutants = choose(all)
if (options.list) {
  for (const { id, original, mutated } of mutants) {
    console.log(`${id}\n  - ${original}\n  + ${mutated}`)
  }
  console.log(`mutants: ${mutants.length}`)
} else {
  const outcomes = await test(all, mutants)
  console.log(renderSummary(outcomes))
  if (!options.file) {
    for (const { original } of findStale(readEquivalents(), all)) {
      console.log(`equivalents.json: about no mutant: ${original}`)
    }
  }
  const { killed, mutants: count } = summarise(outcomes)
  if (killed !== count) process.exitCode = 1
}
