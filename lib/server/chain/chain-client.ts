import { type Chain, createPublicClient, defineChain, http } from 'viem'

/** Reads the chain; never signs. */
export type ChainClient = ReturnType<typeof createChainClient>

/** The chain as viem describes it. */
export function chainOf(chainId: number, rpcUrl: string): Chain {
  return defineChain({
    id: chainId,
    name: chainId === 31_337 ? 'Local chain' : `Chain ${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
}

/** Client of the JSON-RPC endpoint. Requests time out after 10 s and are tried twice. */
export function createChainClient(rpcUrl: string, chainId: number) {
  return createPublicClient({
    chain: chainOf(chainId, rpcUrl),
    transport: http(rpcUrl, { timeout: 10_000, retryCount: 1 }),
    pollingInterval: 250,
    cacheTime: 0,
  })
}
