import { channels } from '../db/channels'
import { logger } from '../log/logger'
import { runChecks } from '../mirror/run-checks'
import { syncBlocks } from '../mirror/sync-blocks'
import type { Lease } from './lease/lease-holding'
import type { RelayContext } from './relay-context'
import type { Bell } from './wakeup'

/** The chain is looked at this often; a notification does not replace it. */
const SYNC_MS = 250

/** Reads the chain's blocks and checks the database against it while the mirror's lease is held. */
export async function runMirror(
  context: RelayContext,
  lease: Lease,
  bell: Bell,
): Promise<void> {
  await Promise.all([
    follow(context, lease, bell),
    runChecks(context, lease.ending),
  ])
}

/** Tells every worker when blocks were undone. */
async function follow(
  context: RelayContext,
  lease: Lease,
  bell: Bell,
): Promise<void> {
  while (!lease.ending.aborted) {
    bell.take()
    await sync(context).catch((error) =>
      logger.warn({ err: error }, 'mirror cannot read the chain'),
    )
    await bell.wait(SYNC_MS, lease.ending)
  }
}

async function sync(context: RelayContext): Promise<void> {
  const { block, isReorganised } = await syncBlocks(context)
  if (!isReorganised) return
  logger.warn({ block: block.number.toString() }, 'blocks were undone')
  await context.database.pool.query(
    `SELECT pg_notify('${channels.work}', 'undone')`,
  )
}
