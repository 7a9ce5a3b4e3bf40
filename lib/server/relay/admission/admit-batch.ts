import type { Hex } from 'viem'
import type { Database } from '../../db/database'
import { noteAdmission, nowMs } from '../../observe/note-admission'
import { createBudgets } from '../../sponsor/create-budgets'
import { loadAdmissionFacts } from './admission-facts'
import type { FactsMemory, KnownSession } from './facts-memory'
import {
  type AdmissionRequest,
  type Batch,
  type EarlyIntents,
  judgeRequest,
  type Turn,
} from './judge-request'
import { storeIntents } from './store-intent'

/** Classes of PostgreSQL errors that a row may be the cause of, rather than the connection. */
const OF_DATA = /^(?:21|22|23|42|54)/
/** Two statements waited for each other. */
const DEADLOCK = '40P01'

/**
 * Admits what it can of a group of requests, with at most one statement that reads and one that stores. Answers all
 * but those that are early, and those that it returns: they have to be tried again.
 */
export async function admitBatch(
  database: Database,
  memory: FactsMemory,
  early: EarlyIntents,
  requests: readonly AdmissionRequest[],
): Promise<AdmissionRequest[]> {
  try {
    const batch: Batch = {
      ...{ early, turns: new Map(), refused: [], again: [] },
      sessions: await findSessions(database, memory, requests),
      existing: await findExisting(
        database,
        requests.filter(({ tries }) => tries > 0),
      ),
    }
    for (const request of requests) judgeRequest(batch, request)
    await Promise.all([
      store(database, memory, batch),
      answerRefused(database, batch),
    ])
    return batch.again
  } catch (error) {
    for (const request of requests) request.reject(error)
    return []
  }
}

async function findSessions(
  database: Database,
  memory: FactsMemory,
  requests: readonly AdmissionRequest[],
): Promise<Map<Hex, KnownSession>> {
  const sessions = new Map<Hex, KnownSession>()
  const unknown = new Set<Hex>()
  for (const { signed, needsFresh } of requests) {
    const { sessionId } = signed.intent
    if (needsFresh) unknown.add(sessionId)
    else if (!sessions.has(sessionId) && !unknown.has(sessionId)) {
      const known = memory.recall(sessionId)
      if (known) sessions.set(sessionId, known)
      else unknown.add(sessionId)
    }
  }
  if (unknown.size === 0) return sessions
  const facts = await loadAdmissionFacts(database, [...unknown])
  await createBudgets(
    database,
    [...facts.values()].flatMap(({ budgets }) => budgets),
  )
  for (const [id, own] of facts) sessions.set(id, memory.note(own))
  return sessions
}

async function findExisting(
  { pool }: Database,
  requests: readonly AdmissionRequest[],
): Promise<ReadonlySet<Hex>> {
  if (requests.length === 0) return new Set()
  const { rows } = await pool.query<{ id: Hex }>({
    name: 'find-existing-intents',
    text: 'SELECT id FROM "Intent" WHERE id = ANY($1)',
    values: [requests.map(({ id }) => id)],
  })
  return new Set(rows.map(({ id }) => id))
}

/** Whether a request that was not stored with others is tried again by itself. */
const together = () => false
const alone = () => true
/** What is read anew says whose budget or rate it was; only when that did not help, each has to go by itself. */
const aloneAtLast = ({ tries }: Pick<AdmissionRequest, 'tries'>) => tries > 0

async function store(
  database: Database,
  memory: FactsMemory,
  { turns, again }: Batch,
): Promise<void> {
  const all = [...turns.values()]
  if (all.length === 0) return
  const judgedMs = nowMs()
  const retry = (
    turn: Turn,
    isAlone: (request: Pick<AdmissionRequest, 'tries'>) => boolean,
  ) => {
    memory.forget(turn.sessionId, turn.known)
    for (const request of turn.requests) {
      request.isAlone ||= isAlone(request)
      request.tries += 1
      request.needsFresh = true
      again.push(request)
    }
  }
  try {
    const stored = await storeIntents(database, all)
    const storedMs = nowMs()
    for (const turn of all) {
      if (!stored?.has(turn.sessionId)) {
        retry(turn, stored ? together : aloneAtLast)
        continue
      }
      memory.keep(turn.sessionId, turn.known)
      for (const request of turn.requests) request.resolve()
      noteAdmission(turn.requests, judgedMs, storedMs)
    }
  } catch (error) {
    const { code = '' } = error as { code?: string }
    const isShared = all.length > 1 || (all[0]?.intents.length ?? 0) > 1
    for (const turn of all)
      if (code === DEADLOCK || (isShared && OF_DATA.test(code)))
        retry(turn, code === DEADLOCK ? together : alone)
      else {
        memory.forget(turn.sessionId, turn.known)
        for (const request of turn.requests) request.reject(error)
      }
  }
}

/** The same intent again, after it was settled, is not refused but acknowledged as before. */
async function answerRefused(
  database: Database,
  { refused }: Batch,
): Promise<void> {
  const requests = refused.map(({ request }) => request)
  try {
    const existing = await findExisting(database, requests)
    for (const { request, error } of refused)
      if (existing.has(request.id)) request.resolve()
      else request.reject(error)
  } catch (error) {
    for (const request of requests) request.reject(error)
  }
}
