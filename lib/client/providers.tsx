'use client'

import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { WagmiProvider } from 'wagmi'
import type { PublicConfig } from '@/lib/rpc/public-config'
import { DevWalletMount } from './dev-wallet/dev-wallet'
import { ServerClockProvider } from './server-clock-context'
import { createWagmiConfig } from './wagmi-config'

type ProvidersProps = { config: PublicConfig; children: ReactNode }

/** What client components need around them: wallets, queries, the server's clock and, on local chains, the development wallet. */
export function Providers({ config, children }: ProvidersProps) {
  const [wagmi] = useState(() => createWagmiConfig(config))
  const [queries] = useState(() => new QueryClient())
  return (
    <WagmiProvider config={wagmi}>
      <QueryClientProvider client={queries}>
        <ServerClockProvider serverTimeMs={config.serverTimeMs}>
          {config.isLocalChain && <DevWalletMount chainId={config.chainId} />}
          {children}
        </ServerClockProvider>
      </QueryClientProvider>
    </WagmiProvider>
  )
}
