/** What a loop may be woken for. `undone`: blocks were undone, or news was missed. */
export type News = 'intent' | 'task' | 'undone' | 'released' | 'mirror'

/** Lets a loop sleep until there is something to do. */
export type Bell = {
  wake(news: News): void
  /** What it was woken for since the last call. */
  take(): ReadonlySet<News>
  /** Resolves at once if there is news, else when there is, after `maxMs`, or when `signal` aborts. */
  wait(maxMs: number, signal: AbortSignal): Promise<void>
}

export function createBell(): Bell {
  let due = new Set<News>()
  let resume: (() => void) | null = null

  return {
    wake(news) {
      due.add(news)
      resume?.()
    },
    take() {
      const taken = due
      due = new Set()
      return taken
    },
    wait: (maxMs, signal) =>
      new Promise<void>((resolve) => {
        if (due.size > 0 || signal.aborted) return resolve()
        const finish = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', finish)
          resume = null
          resolve()
        }
        const timer = setTimeout(finish, maxMs)
        signal.addEventListener('abort', finish)
        resume = finish
      }),
  }
}
