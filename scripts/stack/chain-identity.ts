import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { createPublicClient, http } from 'viem'
import { sessionManagerAddress } from '@/lib/contracts/addresses'

/**
 * Chain and database are kept together or set aside together: when only one of them is there,
 * what is left moves to `backup-<time>` and both start anew.
 * @returns where it was moved, or null when nothing had to be.
 */
export async function setAsideHalf(directory: string): Promise<string | null> {
  const parts = ['postgres', 'chain']
  const present = parts.filter((part) =>
    existsSync(
      join(directory, part === 'chain' ? 'chain/state.json' : 'postgres/data'),
    ),
  )
  if (present.length !== 1) return null
  return setAside(directory)
}

/** Moves chain and database of an embedded stack to `backup-<time>`. @returns where. */
export async function setAside(directory: string): Promise<string> {
  const stamp = new Date().toISOString().replace(/[:.]/g, '-')
  const backup = join(directory, `backup-${stamp}`)
  await mkdir(backup, { recursive: true })
  for (const part of ['postgres', 'chain'])
    if (existsSync(join(directory, part)))
      await rename(join(directory, part), join(backup, part))
  return backup
}

/**
 * Binds the database to the chain and the contracts at its first start. A chain is told by its
 * first block: Anvil makes another block 0 each time it loads its state.
 * @throws when the database mirrors another chain, or other contracts.
 */
export async function bindDatabaseToChain(
  databaseUrl: string,
  rpcUrl: string,
): Promise<void> {
  const client = createPublicClient({ transport: http(rpcUrl) })
  const [chainId, first] = await Promise.all([
    client.getChainId(),
    client.getBlock({ blockNumber: 1n }),
  ])
  const db = new pg.Client({ connectionString: databaseUrl })
  await db.connect()
  try {
    await db.query(
      'INSERT INTO "MirroredChain" ("chainId", "firstBlockHash", "sessionManager") SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM "MirroredChain")',
      [chainId, first.hash, sessionManagerAddress],
    )
    const { rows } = await db.query<{
      chainId: number
      firstBlockHash: string
      sessionManager: string
    }>('SELECT * FROM "MirroredChain"')
    const known = rows[0]
    if (known?.chainId !== chainId || known.firstBlockHash !== first.hash)
      throw new Error(
        `The database mirrors chain ${known?.chainId} (first block ${known?.firstBlockHash}), but RPC_URL is chain ${chainId} (first block ${first.hash}). Point DATABASE_URL at the database of that chain, or at an empty one.`,
      )
    if (known.sessionManager !== sessionManagerAddress)
      throw new Error(
        `The database mirrors the contracts at ${known.sessionManager}; this version of Playkey has them at ${sessionManagerAddress}. Point DATABASE_URL at an empty database, or run the version that it belongs to.`,
      )
  } finally {
    await db.end()
  }
}
