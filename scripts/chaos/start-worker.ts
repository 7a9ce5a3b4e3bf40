import { getWorkerEnv } from '@/lib/config/env'
import { runWorker } from '@/lib/server/relay/run-worker'

/** As scripts/worker.ts, with less patience, so that replacements are seen within a short run. */
const worker = await runWorker(getWorkerEnv(), {
  stuckAfterMs: Number(process.argv[2]),
})
process.on('SIGTERM', async () => {
  await worker.stop()
  process.exit()
})
