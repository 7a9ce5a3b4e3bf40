import type { Hex } from 'viem'
import type { Table } from '@/lib/permission/compile-terms'
import type { Database } from '../../db/database'
import { logger } from '../../log/logger'
import { readTable } from '../../session/table-columns'

/** A session's table, packed and read. */
export type KnownTable = { packed: Hex; table: Table }

/** Tables by their hash: they repeat from session to session, and are long. */
const tables = new Map<Hex, KnownTable>()
const TABLES_MAX = 500

/** Tables of sessions, by hash; read only where they are not known. One that cannot be read is missing. */
export async function readTables(
  { pool }: Database,
  sessions: readonly { id: Hex; tableHash: Hex }[],
): Promise<ReadonlyMap<Hex, KnownTable>> {
  const found = new Map<Hex, KnownTable>()
  const missing: Hex[] = []
  for (const { id, tableHash } of sessions) {
    const known = tables.get(tableHash)
    if (known) found.set(tableHash, known)
    else missing.push(id)
  }
  if (missing.length === 0) return found
  const { rows } = await pool.query<{ tableHash: Hex; packed: Hex }>({
    name: 'read-tables',
    text: `SELECT DISTINCT ON ("tableHash") "tableHash", "table" AS packed FROM "Session" WHERE id = ANY($1)`,
    values: [missing],
  })
  if (tables.size + rows.length > TABLES_MAX) tables.clear()
  for (const { tableHash, packed } of rows) {
    const known = tryRead(packed)
    if (!known) continue
    tables.set(tableHash, known)
    found.set(tableHash, known)
  }
  return found
}

/** One bad row must not keep the others from being admitted. */
function tryRead(packed: Hex): KnownTable | null {
  try {
    return { packed, table: readTable(packed) }
  } catch (error) {
    logger.error({ err: error }, 'a stored table is not readable')
    return null
  }
}
