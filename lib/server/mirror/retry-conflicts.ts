/** PostgreSQL's codes for: two transactions waited for each other; a concurrent change was in the way. */
const conflicts = new Set(['40P01', '40001'])
const TRIES_MAX = 8

/** Does `work` again when PostgreSQL ended it in favour of another transaction: nothing of it has happened then. */
export async function retryConflicts<Result>(
  work: () => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries += 1)
    try {
      return await work()
    } catch (error) {
      const { code = '' } = error as { code?: string }
      if (!conflicts.has(code) || tries === TRIES_MAX) throw error
    }
}
