import { runWorker } from '@/lib/server/relay/run-worker'

/** The relay's own process: the only one that holds keys. Stops cleanly on SIGTERM and SIGINT. */
const worker = await runWorker()
let stopping = false
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, async () => {
    if (stopping) return
    stopping = true
    await worker.stop()
    process.exit()
  })
