import type { Address } from 'viem'
import type { Run } from './run'

const LOG_LINES = 4

/** What waits for what, for whoever has to find out why nothing recovers. */
export async function describeStuck({
  cluster,
  journal,
}: Run): Promise<string[]> {
  const { pool, client, workers } = cluster
  const open = journal.open.slice(0, 5)
  const { rows } = await pool.query<{
    signer: Address
    state: string
    transactions: string
    nonces: string
  }>(
    `SELECT signer, state::text, count(*) AS transactions, min(nonce) || ' to ' || max(nonce) AS nonces
     FROM "RelayTransaction" WHERE state IN ('prepared', 'failed', 'dropped', 'cancelled') GROUP BY 1, 2`,
  )
  const lines: string[] = []
  for (const { signer, state, transactions, nonces } of rows) {
    const next = await client.getTransactionCount({ address: signer })
    lines.push(
      `${signer} (chain: ${next}): ${transactions} ${state}, ${nonces}`,
    )
  }
  return [
    ...open.map(({ id, status, sequence }) => `${id} ${sequence}: ${status}`),
    ...lines,
    ...workers.flatMap(({ name, log }) =>
      log()
        .split('\n')
        .slice(-LOG_LINES)
        .map((line) => `${name}: ${line.slice(0, 300)}`),
    ),
  ]
}
