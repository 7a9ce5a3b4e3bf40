import type { Database } from '../db/database'
import { logger } from '../log/logger'
import { timeStage } from './note-stage'
import { getTracing } from './tracing'

/** News collected before the database is asked whose traces they belong to. */
const COLLECT_MS = 200
const COLLECT_MAX = 1_000

type Push = { startMs: number; endMs: number }

const waiting = new Map<string, Push>()

/**
 * Times how long the result of an intent took to get here and go to the browsers that wait for it, and ends its trace.
 * @param settledMs Unix milliseconds, by the database's clock.
 */
export function notePush(
  database: Database,
  callsId: string,
  settledMs: number,
): void {
  const endMs = Date.now()
  timeStage('pushed', endMs - settledMs)
  if (!getTracing() || waiting.size >= COLLECT_MAX) return
  if (waiting.size === 0)
    setTimeout(() => void flush(database), COLLECT_MS).unref()
  waiting.set(callsId, { startMs: settledMs, endMs })
}

async function flush({ pool }: Database): Promise<void> {
  const pushes = new Map(waiting)
  waiting.clear()
  try {
    const { rows } = await pool.query<{ id: string; traceParent: string }>({
      name: 'traced-pushes',
      text: `SELECT id, "traceParent" FROM "Intent" WHERE id = ANY($1) AND "traceParent" IS NOT NULL`,
      values: [[...pushes.keys()]],
    })
    for (const { id, traceParent } of rows) {
      const push = pushes.get(id)
      if (!push) continue
      getTracing()?.record({
        ...{ name: 'push', ...push, parent: traceParent, links: [] },
        attributes: { 'playkey.calls_id': id },
      })
    }
  } catch (error) {
    logger.debug({ err: error }, 'pushes not traced')
  }
}
