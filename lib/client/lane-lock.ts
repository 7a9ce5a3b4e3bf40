import type { Hex } from 'viem'

/** Lanes that tabs share out among themselves, counted from 0. */
export const MAX_LANES = 16

/** A tab's own nonce lane of a session. Freed by `release`, or by the browser when the tab closes. */
export type LaneLock = { lane: number; release: () => void }

function tryLane(
  locks: LockManager,
  name: string,
): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (!lock) {
          resolve(null)
          return undefined
        }
        return new Promise<void>((release) => resolve(release))
      })
      .catch(reject)
  })
}

/** Lane no other tab of today will meet, for browsers without Web Locks. */
function randomLane(): number {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1))
  return MAX_LANES + (word % (2 ** 31 - MAX_LANES))
}

/**
 * First free lane of a session: the first tab plays on lane 0, which costs least. Null when all are taken.
 * Two tabs never share a lane, so their sequences cannot collide.
 */
export async function acquireLane(
  sessionId: Hex,
  locks: LockManager | undefined = globalThis.navigator?.locks,
): Promise<LaneLock | null> {
  if (!locks) return { lane: randomLane(), release: () => undefined }
  for (let lane = 0; lane < MAX_LANES; lane += 1) {
    const release = await tryLane(locks, `playkey:${sessionId}:${lane}`)
    if (release) return { lane, release }
  }
  return null
}
