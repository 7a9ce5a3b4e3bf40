import type { RelayContext } from '../relay/relay-context'
import { getMetrics } from './metrics'
import { getRegistry } from './registry'
import { renderStateMetrics } from './state-metrics'

let running: Promise<string> | null = null

/** All metrics of this process in Prometheus' text format. Those who ask while it is written share the answer. */
export function renderMetrics(
  context: Pick<RelayContext, 'database' | 'client'>,
): Promise<string> {
  running ??= write(context).finally(() => {
    running = null
  })
  return running
}

async function write(
  context: Pick<RelayContext, 'database' | 'client'>,
): Promise<string> {
  getMetrics()
  const own = getRegistry().metrics()
  return `${await own}\n${await renderStateMetrics(context)}`
}

/** Media type of what `renderMetrics` writes. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
