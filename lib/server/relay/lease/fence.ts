import type pg from 'pg'

/** Proof of a lease: whoever takes the lease over is given a higher number. */
export type Fence = { name: string; fence: bigint }

/** Another worker holds the lease now. What was under way has written nothing, and must stop. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
  constructor(lease: string) {
    super(`the lease ${lease} is held by another worker`)
  }
}

/**
 * SQL that gives a row while the lease is held. Its lock makes whoever takes the lease over wait for the statement, so
 * that the statement counts before the takeover or not at all. Every write of the statement has to depend on the row.
 * @param name SQL of the lease's name. @param fence SQL of the number that its holder was given.
 */
export function holdsLease(name: string, fence: string): string {
  return `SELECT 1 AS held FROM "RelayLease" WHERE name = ${name} AND fence = ${fence}::bigint FOR SHARE`
}

/** Takes the lease from whoever held it. @param holder Names the new holder in logs. */
export async function raiseFence(
  client: Pick<pg.ClientBase, 'query'>,
  name: string,
  holder: string,
): Promise<Fence> {
  const { rows } = await client.query<{ fence: string }>(
    `INSERT INTO "RelayLease" (name, fence, holder) VALUES ($1, 1, $2)
     ON CONFLICT (name) DO UPDATE SET fence = "RelayLease".fence + 1, holder = $2, "takenAt" = now()
     RETURNING fence`,
    [name, holder],
  )
  return { name, fence: BigInt(rows[0]?.fence ?? 0) }
}
