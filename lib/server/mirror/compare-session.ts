import type { SessionState } from './stored-session'

/** Field → what the database has, what the chain has. */
export type Differences = Record<string, [database: unknown, chain: unknown]>

/** Where database and chain disagree about a session. A window that one of them does not have is not compared. */
export function compareSession(
  database: SessionState,
  chain: SessionState,
): Differences {
  const found: Differences = {}
  const compare = (field: string, ours: unknown, theirs: unknown) => {
    if (JSON.stringify(ours) !== JSON.stringify(theirs))
      found[field] = [ours, theirs]
  }
  compare('status', database.status, chain.status)
  for (const field of ['validAfter', 'validUntil'] as const)
    if (database[field] !== null && chain[field] !== null)
      compare(field, database[field], chain[field])
  compare('nextSequence', database.nextSequence, chain.nextSequence)
  compare('cells', database.cells, chain.cells)
  for (const [lane, next] of Object.entries(chain.lanes))
    compare(`lane ${lane}`, database.lanes[lane] ?? 0, next)
  for (const [index, meter] of Object.entries(chain.meters))
    compare(`meter ${index}`, database.meters[index] ?? ['0', 0, '0'], meter)
  return found
}
