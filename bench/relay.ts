// Measures the relay through HTTP on this machine: the production build, a
// worker, a durable PostgreSQL and an Anvil, all fresh; writes
// bench/results/relay.json. `--quick` measures less and writes nothing;
// `--moves N` reads the memory again after other than 100,000 moves.
// `--profile DIRECTORY` plays with 500 players only, and writes CPU profiles of
// web and worker there.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import {
  type Effort,
  measureRelay,
  playForProfile,
} from './relay/measure-relay'
import { startProcesses } from './relay/processes'
import { type RelayResults, renderPhase, renderResults } from './relay/results'
import { openVenue } from './relay/venue'

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    profile: { type: 'string' },
    moves: { type: 'string', default: '100000' },
  },
})
const effort: Effort = flags.quick
  ? { samples: 60, measureMs: 4_000, moves: 0 }
  : { samples: 300, measureMs: 12_000, moves: Number(flags.moves) }

const loadBefore = loadavg()[0]
const processes = await startProcesses(flags.profile)
try {
  const venue = await openVenue(processes.appUrl, processes.rpcUrl)
  if (flags.profile)
    console.log(renderPhase(await playForProfile(processes, venue, effort)))
  else report(await measureRelay(processes, venue, effort))
} finally {
  await processes.stop()
}

function report(results: RelayResults): void {
  console.log(renderResults(results))
  if (flags.quick) return
  const machine = {
    cpus: cpus().length,
    model: cpus()[0]?.model ?? '',
    node: process.version,
    /** Load of the last minute before the start: above 0.3 the figures are not this machine's best. */
    loadBefore,
  }
  mkdirSync('bench/results', { recursive: true })
  const json = `${JSON.stringify({ ...results, machine }, null, 2)}\n`
  writeFileSync('bench/results/relay.json', json)
}
