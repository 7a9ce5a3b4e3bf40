import type { Intent } from '@/lib/intent/intent'
import type { Database } from '../../db/database'
import { nowMs } from '../../observe/note-admission'
import { admitBatch } from './admit-batch'
import { tooFast } from './assert-allowed'
import { createFactsMemory } from './facts-memory'
import type { AdmissionRequest, EarlyIntents } from './judge-request'
import { placeOf } from './store-intent'

/** Intents of one statement at most. */
const BATCH_MAX = 256
/** How often an intent is tried again because others were faster. */
const TRIES_MAX = 20
/** An intent that overtook the one before it looks this often whether that came by another process. */
const LOOK_MS = 50

/** Admits intents in groups: those that come while a group is on its way to the database form the next one. When nothing is on its way, none waits. */
export type AdmissionQueue = {
  /** Resolves when the intent is durably stored. @throws PlaykeyError saying why it is not */
  admit(
    request: Pick<
      AdmissionRequest,
      'id' | 'signed' | 'traceParent' | 'patience'
    >,
  ): Promise<void>
}

export function createAdmissionQueue(database: Database): AdmissionQueue {
  const memory = createFactsMemory()
  let waiting: AdmissionRequest[] = []
  const early = createEarlyIntents((request) => put(request))
  let isRunning = false

  const takeBatch = () => {
    const apart = waiting.findIndex(({ isAlone }) => isAlone)
    const size = apart === 0 ? 1 : apart === -1 ? BATCH_MAX : apart
    const batch = waiting.slice(0, size)
    waiting = waiting.slice(size)
    return batch
  }

  const run = async () => {
    while (waiting.length > 0) {
      const again = await admitBatch(database, memory, early, takeBatch())
      const tried = again.filter((request) => !isGivenUp(request))
      waiting = [...tried, ...waiting]
    }
    isRunning = false
  }

  const put = (request: AdmissionRequest) => {
    waiting.push(request)
    if (isRunning) return
    isRunning = true
    // After all that has arrived together: it goes together, and nothing else waits.
    setImmediate(() => void run())
  }

  return {
    admit: (request) =>
      new Promise((resolve, reject) =>
        put({
          ...{ ...request, receivedMs: nowMs(), resolve, reject },
          ...{ tries: 0, needsFresh: false, isAlone: false },
        }),
      ),
  }
}

function isGivenUp(request: AdmissionRequest): boolean {
  if (request.tries <= TRIES_MAX) return false
  request.reject(tooFast(100))
  return true
}

/** @param onDue Called with an intent that nobody has taken out for a while: it may be its turn all the same. */
function createEarlyIntents(
  onDue: (request: AdmissionRequest) => void,
): EarlyIntents {
  const parked = new Map<string, Set<AdmissionRequest>>()
  const nameOf = ({ sessionId, lane }: Intent, sequence: number) =>
    placeOf(sessionId, lane, sequence)

  const takeOut = (request: AdmissionRequest): boolean => {
    const { intent } = request.signed
    const name = nameOf(intent, intent.sequence)
    const others = parked.get(name)
    if (!others?.delete(request)) return false
    if (others.size === 0) parked.delete(name)
    return true
  }

  return {
    park(request) {
      const { intent } = request.signed
      const name = nameOf(intent, intent.sequence)
      const others = parked.get(name) ?? new Set()
      parked.set(name, others.add(request))
      const leftMs = Math.max(1, request.patience.untilMs - Date.now())
      const look = () => {
        if (!takeOut(request)) return
        request.needsFresh = true
        onDue(request)
      }
      setTimeout(look, Math.min(LOOK_MS, leftMs))
    },
    takeParked: (intent, sequence) =>
      [...(parked.get(nameOf(intent, sequence)) ?? [])].filter(takeOut),
  }
}
