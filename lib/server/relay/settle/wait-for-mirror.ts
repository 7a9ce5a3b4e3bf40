import { setTimeout as sleep } from 'node:timers/promises'
import { channels } from '../../db/channels'
import type { Database } from '../../db/database'
import { logger } from '../../log/logger'

const POLL_MS = 25
const PATIENCE_MS = 10_000

/** Waits until the mirror, whichever worker it runs in, has applied all blocks up to this one. @throws when `signal` aborts */
export async function waitForMirror(
  { pool }: Database,
  blockNumber: bigint,
  signal: AbortSignal,
): Promise<void> {
  let warnMs = Date.now() + PATIENCE_MS
  await pool.query(`SELECT pg_notify('${channels.work}', 'mirror')`)
  for (;;) {
    const { rows } = await pool.query<{ isThere: boolean }>({
      name: 'mirror-is-there',
      text: 'SELECT COALESCE(max(number), -1) >= $1 AS "isThere" FROM "MirrorBlock"',
      values: [blockNumber.toString()],
    })
    if (rows[0]?.isThere) return
    if (Date.now() > warnMs) {
      logger.warn({ block: blockNumber.toString() }, 'waiting for the mirror')
      warnMs = Date.now() + PATIENCE_MS
    }
    await sleep(POLL_MS, undefined, { signal })
  }
}
