import { getServerEnv } from '@/lib/config/env'
import { type ChainClient, createChainClient } from './chain-client'

const holder = globalThis as typeof globalThis & {
  playkeyChainClient?: ChainClient | undefined
}

/** This process's chain client, made once from the environment; survives hot reload. */
export function getChainClient(): ChainClient {
  if (!holder.playkeyChainClient) {
    const env = getServerEnv()
    holder.playkeyChainClient = createChainClient(env.RPC_URL, env.CHAIN_ID)
  }
  return holder.playkeyChainClient
}
