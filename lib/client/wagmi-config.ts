'use client'

import { type Chain, defineChain } from 'viem'
import { type Config, createConfig, createStorage, http } from 'wagmi'
import type { PublicConfig } from '@/lib/rpc/public-config'

/** The chain of this deployment. The browser reads it through `/api/chain` only. */
export function chainOf(config: PublicConfig): Chain {
  return defineChain({
    id: config.chainId,
    name: config.isLocalChain ? 'Local chain' : `Chain ${config.chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: ['/api/chain'] } },
    ...(config.explorerUrl === null
      ? {}
      : {
          blockExplorers: {
            default: { name: 'Explorer', url: config.explorerUrl },
          },
        }),
  })
}

let current: Config | undefined

/** wagmi's configuration of this page, or null before `Providers` is mounted. */
export function currentWagmiConfig(): Config | null {
  return current ?? null
}

/** wagmi with one chain and whatever wallets announce themselves (EIP-6963). */
export function createWagmiConfig(config: PublicConfig): Config {
  const chain = chainOf(config)
  const isBrowser = typeof window !== 'undefined'
  const created = createConfig({
    chains: [chain],
    connectors: [],
    multiInjectedProviderDiscovery: true,
    ssr: true,
    storage: isBrowser
      ? createStorage({ key: 'playkey.wagmi', storage: window.localStorage })
      : null,
    transports: {
      [chain.id]: http(
        isBrowser ? `${window.location.origin}/api/chain` : undefined,
        { batch: true },
      ),
    },
  })
  if (isBrowser) current = created
  return created
}
