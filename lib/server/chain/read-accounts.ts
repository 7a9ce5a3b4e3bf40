import type { Address, Hex } from 'viem'
import { playerAccountFactoryAbi } from '@/lib/contracts/generated/player-account-factory'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { getDeployment } from './deployment'
import { getChainClient } from './server-chain'

/** An owner's account never changes its address; the newest few thousand are kept. */
const accounts = new Map<Hex, Address>()
const ACCOUNTS_MAX = 10_000

/** Address of the account that the factory makes for `owner` (ERC-7913 signer), whether it exists yet or not. */
export async function readAccountOf(owner: Hex): Promise<Address> {
  const known = accounts.get(owner)
  if (known) return known
  const account = await getChainClient().readContract({
    address: getDeployment().factory,
    abi: playerAccountFactoryAbi,
    functionName: 'getAddress',
    args: [owner],
  })
  if (accounts.size >= ACCOUNTS_MAX) accounts.clear()
  accounts.set(owner, account)
  return account
}

/** Session epoch of an account, 0 for one that does not exist yet. */
export function readEpoch(account: Address): Promise<number> {
  return getChainClient().readContract({
    address: getDeployment().sessionManager,
    abi: sessionManagerAbi,
    functionName: 'epochOf',
    args: [account],
  })
}
