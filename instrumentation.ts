/** Next calls this once in each server process, before it answers. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { startTracing } = await import('@/lib/server/observe/tracing')
  const stop = await startTracing('playkey-web')
  if (stop) process.once('SIGTERM', () => void stop())
}
