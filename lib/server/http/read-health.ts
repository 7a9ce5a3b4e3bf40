import { getChainClient } from '../chain/server-chain'
import { getDatabase } from '../db/database'
import { checkHealth, type Health } from '../observe/check-health'

let running: Promise<Health> | null = null

/**
 * State of database, chain, workers and queue. `down` only when requests cannot be served at all.
 * Everyone may ask, so those who ask while a check runs share its answer.
 */
export function readHealth(): Promise<Health> {
  running ??= checkHealth({
    database: getDatabase(),
    client: getChainClient(),
  }).finally(() => {
    running = null
  })
  return running
}
