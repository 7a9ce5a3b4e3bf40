import { getDeployment } from '../../chain/deployment'
import { getDatabase } from '../../db/database'

/** Counts something against the caller's network address. @throws PlaykeyError `rate_limited` */
export type Charge = (times: number, kind: 'relay' | 'grant') => void

/** What one request of a JSON-RPC call knows besides its params. */
export type MethodContext = {
  /** How long an intent may wait for the one before it, in milliseconds; 0 behind a refused one of the same array. */
  overtakenWaitMs: number
  charge: Charge
}

/** The parts of admission that a web process holds. */
export function relayContext() {
  return { database: getDatabase(), ...getDeployment() }
}
