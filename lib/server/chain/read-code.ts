import type { Address } from 'viem'
import { getChainClient } from './server-chain'

/** Contracts never lose their code (EIP-6780), so a hit is kept for the life of the process. */
const knownContracts = new Set<Address>()

/** Those of `addresses` that hold code now. */
export async function findTargetsWithCode(
  addresses: readonly Address[],
): Promise<Address[]> {
  const unique = [...new Set(addresses)]
  const found = await Promise.all(
    unique.map(async (address) => {
      if (knownContracts.has(address)) return address
      const code = await getChainClient().getCode({ address })
      if (!code) return null
      knownContracts.add(address)
      return address
    }),
  )
  return found.filter((address) => address !== null)
}
