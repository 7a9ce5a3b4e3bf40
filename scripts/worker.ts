import { startTracing } from '@/lib/server/observe/tracing'
import { runWorker } from '@/lib/server/relay/run-worker'

const STOP_MAX_MS = 4_500

/** The relay's own process: the only one that holds keys. Stops cleanly on SIGTERM and SIGINT. */
const stopTracing = await startTracing('playkey-worker')
const worker = await runWorker()
let stopping = false
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, async () => {
    if (stopping) return
    stopping = true
    // A database that does not answer must not hold it up; what is stored is not lost.
    setTimeout(() => process.exit(1), STOP_MAX_MS).unref()
    await worker.stop()
    await stopTracing?.()
    process.exit()
  })
