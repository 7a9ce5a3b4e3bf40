import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, startChild } from './child'

/** Runs a Node process and starts it again when it ends by itself, sooner at first and at most every 10 s. */
export function keepAlive(options: {
  name: string
  args: string[]
  env: NodeJS.ProcessEnv
  onStart: (child: Child) => Promise<void>
}): { stop(): Promise<void> } {
  let stopped = false
  let current: Child | undefined

  const loop = async () => {
    for (let delayMs = 250; !stopped; delayMs = Math.min(delayMs * 2, 10_000)) {
      const startedAt = Date.now()
      const exited = start()
      await exited
      if (stopped) return
      if (Date.now() - startedAt > 60_000) delayMs = 250
      console.error(`${options.name} ended; starting it again in ${delayMs} ms`)
      await sleep(delayMs)
    }
  }

  const start = () => {
    const child = startChild(options.name, process.execPath, options.args, {
      env: options.env,
      onLine: (line) => console.log(`[${options.name}] ${line}`),
    })
    current = child
    void options.onStart(child)
    return new Promise((resolve) => child.process.once('exit', resolve))
  }

  void loop()
  return {
    async stop() {
      stopped = true
      await current?.stop()
    },
  }
}
