/** Admissions of one session take turns in this process; between processes the session's `admitVersion` decides. */
const turns = new Map<string, Promise<unknown>>()
const watchers = new Map<string, Set<() => void>>()

/** Runs `work` after everything that was asked for the same session before. */
export async function inTurn<T>(
  sessionId: string,
  work: () => Promise<T>,
): Promise<T> {
  const before = turns.get(sessionId) ?? Promise.resolve()
  const mine = before.then(work, work)
  const settled = mine.catch(() => undefined)
  turns.set(sessionId, settled)
  try {
    return await mine
  } finally {
    if (turns.get(sessionId) === settled) turns.delete(sessionId)
    for (const wake of watchers.get(sessionId) ?? []) wake()
  }
}

/** Resolves when the next turn of the session ends, after `maxMs` at the latest. */
export function nextTurn(sessionId: string, maxMs: number): Promise<void> {
  return new Promise((resolve) => {
    const waiting = watchers.get(sessionId) ?? new Set()
    watchers.set(sessionId, waiting)
    const wake = () => {
      clearTimeout(timer)
      waiting.delete(wake)
      if (waiting.size === 0) watchers.delete(sessionId)
      resolve()
    }
    const timer = setTimeout(wake, maxMs)
    waiting.add(wake)
  })
}
