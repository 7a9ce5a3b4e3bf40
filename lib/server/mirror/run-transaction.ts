import type { PoolClient } from 'pg'
import type { Database } from '../db/database'
import { retryConflicts } from './retry-conflicts'

/** Runs `work` in one transaction; when another one was in its way, from the beginning again. */
export function runTransaction<Result>(
  { pool }: Database,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  return retryConflicts(async () => {
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      const result = await work(client)
      await client.query('COMMIT')
      return result
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined)
      throw error
    } finally {
      client.release()
    }
  })
}
