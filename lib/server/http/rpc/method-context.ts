import { getDeployment } from '../../chain/deployment'
import { getDatabase } from '../../db/database'
import type { Patience } from '../../relay/admission/patience'

/** Counts something against the caller's network address. @throws PlaykeyError `rate_limited` */
export type Charge = (times: number, kind: 'relay' | 'grant') => void

/** What one request of a JSON-RPC call knows besides its params. */
export type MethodContext = {
  /** How long intents wait for those before them; over as soon as one of the same array is refused. */
  patience: Patience
  charge: Charge
}

/** The parts of admission that a web process holds. */
export function relayContext() {
  return { database: getDatabase(), ...getDeployment() }
}
