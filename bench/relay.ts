// Measures the relay through HTTP on this machine: the production build, a
// worker, a durable PostgreSQL and an Anvil, all fresh; writes
// bench/results/relay.json. `--quick` takes a tenth of the time and writes
// nothing; `--profile DIRECTORY` writes CPU profiles of web and worker.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { type Effort, measureRelay } from './relay/measure-relay'
import { startProcesses } from './relay/processes'
import { renderResults } from './relay/results'
import { openVenue } from './relay/venue'

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean' }, profile: { type: 'string' } },
})
const effort: Effort = flags.quick
  ? { samples: 60, measureMs: 4_000, moves: 0 }
  : { samples: 300, measureMs: 12_000, moves: 100_000 }

const loadBefore = loadavg()[0]
const processes = await startProcesses(flags.profile)
try {
  const venue = await openVenue(processes.appUrl, processes.rpcUrl)
  const results = await measureRelay(processes, venue, effort)
  const machine = {
    cpus: cpus().length,
    model: cpus()[0]?.model ?? '',
    node: process.version,
    /** Load of the last minute before the start: above 0.3 the figures are not this machine's best. */
    loadBefore,
  }
  console.log(renderResults(results))
  if (!flags.quick) {
    mkdirSync('bench/results', { recursive: true })
    const json = `${JSON.stringify({ ...results, machine }, null, 2)}\n`
    writeFileSync('bench/results/relay.json', json)
  }
} finally {
  await processes.stop()
}
