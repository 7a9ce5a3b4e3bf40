import { getMirrorEnv } from '@/lib/config/env'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import { createChainClient } from '@/lib/server/chain/chain-client'
import { openDatabase } from '@/lib/server/db/database'
import { rebuild } from '@/lib/server/mirror/rebuild'
import { loadDotenv } from './stack/environment'

/**
 * `npm run relay:rebuild`: builds everything that the chain decides anew from its first block, and says what differed.
 * Needs `DATABASE_URL`, `RPC_URL` and `CHAIN_ID`, from the environment or `.env`; no keys. Web processes and workers may
 * go on. Safe to stop and to run again.
 */
loadDotenv()
const env = getMirrorEnv()
const client = createChainClient(env.RPC_URL, env.CHAIN_ID)
const chainId = await client.getChainId()
if (chainId !== env.CHAIN_ID)
  throw new Error(`RPC_URL is chain ${chainId}, not CHAIN_ID ${env.CHAIN_ID}`)
const database = openDatabase(env.DATABASE_URL, 2)
const startedMs = Date.now()
const { block, corrections } = await rebuild({
  ...{ database, client, chainId, sessionManager: sessionManagerAddress },
  finalityBlocks: env.FINALITY_BLOCKS,
})
await database.close()
const seconds = ((Date.now() - startedMs) / 1_000).toFixed(1)
console.log(`Rebuilt up to block ${block} in ${seconds} s.`)
const changed = Object.entries(corrections).filter(([, count]) => count > 0)
console.log(
  changed.length === 0
    ? 'The database was what the chain says.'
    : `Corrected: ${changed.map(([what, count]) => `${count} ${what}`).join(', ')}.`,
)
