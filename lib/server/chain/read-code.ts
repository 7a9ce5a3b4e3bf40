import type { Address } from 'viem'
import { getChainClient } from './server-chain'

/** Contracts never lose their code (EIP-6780), so a hit is kept; wallets that delegate (EIP-7702) may stop any time. */
const knownContracts = new Set<Address>()
const KNOWN_MAX = 10_000
const DELEGATION_PREFIX = '0xef0100'

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
      if (code.startsWith(DELEGATION_PREFIX)) return address
      if (knownContracts.size >= KNOWN_MAX) knownContracts.clear()
      knownContracts.add(address)
      return address
    }),
  )
  return found.filter((address) => address !== null)
}
