import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { getRegistry } from './registry'

/** From 1 ms to 60 s. */
const secondsBuckets = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
  ...[1, 2, 5, 10, 20, 60],
]
const intentsBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 400]
const depthBuckets = [1, 2, 3, 5, 8, 16, 32, 64]

/** What code counts as it happens. Labels take few, known values: never ids, addresses or anything a caller wrote. */
function createMetrics(register: Registry) {
  const registers = [register]
  return {
    requests: new Counter({
      name: 'playkey_requests_total',
      help: 'Requests answered, by JSON-RPC method or route.',
      labelNames: ['method', 'outcome'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'playkey_request_seconds',
      help: 'Time to answer a request, by JSON-RPC method or route.',
      labelNames: ['method'],
      buckets: secondsBuckets,
      registers,
    }),
    refusals: new Counter({
      name: 'playkey_refusals_total',
      help: 'Requests and intents refused, by error code.',
      labelNames: ['code'],
      registers,
    }),
    eventStreams: new Gauge({
      name: 'playkey_event_streams',
      help: 'Event streams that browsers hold open on this process.',
      registers,
    }),
    stageSeconds: new Histogram({
      name: 'playkey_stage_seconds',
      help: 'Time spent in each stage of the relay; waited, mined and settled together are what a player waits for after the acknowledgement.',
      labelNames: ['stage'],
      buckets: secondsBuckets,
      registers,
    }),
    intentSeconds: new Histogram({
      name: 'playkey_intent_seconds',
      help: 'Time from an intent being stored until it is settled.',
      labelNames: ['outcome'],
      buckets: secondsBuckets,
      registers,
    }),
    bundleIntents: new Histogram({
      name: 'playkey_bundle_intents',
      help: 'Intents in a bundle that was mined.',
      buckets: intentsBuckets,
      registers,
    }),
    transactions: new Counter({
      name: 'playkey_transactions_total',
      help: "Transactions of the relay's keys that ended, by purpose and ending.",
      labelNames: ['purpose', 'ending'],
      registers,
    }),
    gasUsed: new Counter({
      name: 'playkey_gas_used_total',
      help: "Gas used by the relay's mined transactions.",
      labelNames: ['purpose'],
      registers,
    }),
    feesEther: new Counter({
      name: 'playkey_fees_ether_total',
      help: "Ether paid for the relay's mined transactions.",
      labelNames: ['purpose'],
      registers,
    }),
    gasPriceWei: new Gauge({
      name: 'playkey_gas_price_wei',
      help: 'Price per gas of the last mined transaction, in wei.',
      registers,
    }),
    replacements: new Counter({
      name: 'playkey_replacements_total',
      help: 'Further attempts for a nonce: dearer ones, and no-ops.',
      labelNames: ['kind'],
      registers,
    }),
    lostNonces: new Counter({
      name: 'playkey_lost_nonces_total',
      help: 'Nonces of our keys that a transaction which is not ours has used.',
      registers,
    }),
    reorganisationDepth: new Histogram({
      name: 'playkey_reorganisation_depth_blocks',
      help: 'Blocks undone by each re-organisation.',
      buckets: depthBuckets,
      registers,
    }),
  }
}

export type Metrics = ReturnType<typeof createMetrics>

const holder = globalThis as typeof globalThis & { playkeyMetrics?: Metrics }

/** This process's counters, gauges and histograms. */
export function getMetrics(): Metrics {
  if (!holder.playkeyMetrics) {
    const metrics = createMetrics(getRegistry())
    // A counter that has never moved is shown as 0, so that its first step is seen as one.
    metrics.lostNonces.inc(0)
    for (const kind of ['dearer', 'noop']) metrics.replacements.inc({ kind }, 0)
    holder.playkeyMetrics = metrics
  }
  return holder.playkeyMetrics
}
