import { collectDefaultMetrics, Registry } from 'prom-client'

const holder = globalThis as typeof globalThis & { playkeyRegistry?: Registry }

/** This process's metrics, Node's own among them; one per process whatever was bundled how often, and through hot reload. */
export function getRegistry(): Registry {
  if (!holder.playkeyRegistry) {
    holder.playkeyRegistry = new Registry()
    collectDefaultMetrics({ register: holder.playkeyRegistry })
  }
  return holder.playkeyRegistry
}
