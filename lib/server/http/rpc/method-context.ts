import { getDeployment } from '../../chain/deployment'
import { getDatabase } from '../../db/database'

/** What one request of a JSON-RPC call knows besides its params. */
export type MethodContext = {
  /** How long an intent may wait for the one before it, in milliseconds; 0 behind a refused one of the same array. */
  overtakenWaitMs: number
}

/** The parts of admission that a web process holds. */
export function relayContext() {
  return { database: getDatabase(), ...getDeployment() }
}
