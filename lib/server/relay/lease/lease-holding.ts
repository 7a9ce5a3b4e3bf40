import { setTimeout as sleep } from 'node:timers/promises'
import { logger } from '../../log/logger'
import { type Fence, LeaseLost } from './fence'

/** A lease as those who work under it see it. */
export type Lease = Fence & {
  /** Aborts when it is given back: finish what is under way, begin nothing. */
  ending: AbortSignal
  /** Aborts when it is lost, or finishing takes too long: stop at once. */
  lost: AbortSignal
}

/** A lease that this worker holds, and the work done under it. */
export type Holding = {
  fence: Fence
  hasEnded(): boolean
  /** Ends the work. @param isLost At once; else what is under way may finish. @returns when nothing runs any more */
  end(isLost: boolean): Promise<void>
}

/** How long what is under way may take to finish. What is stored is taken up by the next holder. */
const GRACE_MS = 2_000
const RESTART_MS = 500

/** Works under a lease, again and again, until it is given back or lost. */
export function createHolding(
  fence: Fence,
  work: (lease: Lease) => Promise<void>,
): Holding {
  const ending = new AbortController()
  const lost = new AbortController()
  const lease = { ...fence, ending: ending.signal, lost: lost.signal }
  let hasEnded = false
  const running = keepWorking(lease, work).finally(() => {
    hasEnded = true
  })
  logger.info({ lease: fence.name, fence: String(fence.fence) }, 'lease taken')
  return {
    fence,
    hasEnded: () => hasEnded,
    async end(isLost) {
      ending.abort()
      if (isLost) lost.abort()
      await Promise.race([running, sleep(GRACE_MS, undefined, { ref: false })])
      lost.abort()
      await running
    },
  }
}

async function keepWorking(
  lease: Lease,
  work: (lease: Lease) => Promise<void>,
): Promise<void> {
  while (!lease.ending.aborted)
    try {
      await work(lease)
    } catch (error) {
      if (error instanceof LeaseLost) {
        logger.warn({ lease: lease.name }, 'lease lost')
        return
      }
      if (lease.ending.aborted) return
      logger.error({ err: error, lease: lease.name }, 'work starts again')
      await sleep(RESTART_MS, undefined, { signal: lease.ending }).catch(
        () => undefined,
      )
    }
}
