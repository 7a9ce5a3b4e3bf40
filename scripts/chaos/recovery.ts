import { waitUntil } from '../stack/child'
import type { Run } from './run'

/** What is not well again by then will not be without a human. */
const RECOVERED_MS = 60_000

/** Waits until players notice nothing of it any more: what was acknowledged before has ended, and so has something sent since. @returns seconds since then */
export async function awaitRecovery(
  run: Run,
  sinceMs: number,
  what: string,
): Promise<number> {
  await waitUntil(
    `Recovery after "${what}"`,
    async () => hasRecovered(run, sinceMs),
    { timeoutMs: RECOVERED_MS },
  )
  return (Date.now() - sinceMs) / 1_000
}

function hasRecovered({ journal }: Run, sinceMs: number): boolean {
  let hasNew = false
  for (const entry of journal.entries.values()) {
    const { acknowledgedMs, settledMs, sentMs, status } = entry
    if (sentMs > sinceMs && status === 'confirmed') hasNew = true
    const isOld = acknowledgedMs !== null && acknowledgedMs <= sinceMs
    if (isOld && settledMs === null) return false
  }
  return hasNew
}
