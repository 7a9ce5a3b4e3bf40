/** Lets a loop sleep until there is something to do. */
export type Wakeup = {
  wake(): void
  /** Resolves at once if `wake` was called since the last wait, else when it is, or after `maxMs`. @throws when aborted */
  wait(maxMs: number, signal: AbortSignal): Promise<void>
}

export function createWakeup(): Wakeup {
  let isDue = false
  let resume: (() => void) | null = null

  const sleepUntilDue = (maxMs: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const finish = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', finish)
        resume = null
        resolve()
      }
      const timer = setTimeout(finish, maxMs)
      signal.addEventListener('abort', finish)
      resume = finish
    })

  return {
    wake() {
      isDue = true
      resume?.()
    },
    async wait(maxMs, signal) {
      signal.throwIfAborted()
      if (!isDue) await sleepUntilDue(maxMs, signal)
      isDue = false
      signal.throwIfAborted()
    },
  }
}
