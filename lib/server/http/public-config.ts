import 'server-only'
import { getServerEnv } from '@/lib/config/env'
import type { PublicConfig } from '@/lib/rpc/public-config'
import { readServerTimeMs } from '../chain/clock'
import { getDeployment } from '../chain/deployment'
import { getDatabase } from '../db/database'

const LOCAL_CHAIN_ID = 31_337

/** What browsers need to know about this deployment. Nothing secret. */
export async function getPublicConfig(): Promise<PublicConfig> {
  const { chainId, sessionManager, factory, delve } = getDeployment()
  return {
    ...{ chainId, sessionManager, factory, delve },
    explorerUrl: getServerEnv().EXPLORER_URL || null,
    isLocalChain: chainId === LOCAL_CHAIN_ID,
    serverTimeMs: await readServerTimeMs(getDatabase()),
  }
}
