import { startTracing } from '@/lib/server/observe/tracing'
import { runWorker } from '@/lib/server/relay/run-worker'

/** The relay's own process: the only one that holds keys. Stops cleanly on SIGTERM and SIGINT. */
const stopTracing = await startTracing('playkey-worker')
const worker = await runWorker()
let stopping = false
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, async () => {
    if (stopping) return
    stopping = true
    await worker.stop()
    await stopTracing?.()
    process.exit()
  })
