import { type Address, getAddress } from 'viem'
import { getServerEnv } from '@/lib/config/env'
import {
  delveAddress,
  playerAccountFactoryAddress,
  playerAccountImplementationAddress,
  sessionManagerAddress,
  termsCompilerAddress,
} from '@/lib/contracts/addresses'

/** Where Playkey lives on this process's chain. */
export type Deployment = {
  chainId: number
  sessionManager: Address
  factory: Address
  accountImplementation: Address
  termsCompiler: Address
  /** Demo game. */
  delve: Address
}

/** The deployment that this process works with; the addresses are the same on every chain. */
export function getDeployment(): Deployment {
  return {
    chainId: getServerEnv().CHAIN_ID,
    sessionManager: sessionManagerAddress,
    factory: playerAccountFactoryAddress,
    accountImplementation: playerAccountImplementationAddress,
    termsCompiler: termsCompilerAddress,
    delve: delveAddress,
  }
}

/** What no session may call here: Playkey's contracts, as on chain; and the keys that this deployment acts with. */
export function getForbiddenTargets(): Address[] {
  const { RELAYER_ADDRESSES, REVOKER_ADDRESS } = getServerEnv()
  const deployment = getDeployment()
  return [
    deployment.sessionManager,
    deployment.factory,
    deployment.accountImplementation,
    deployment.termsCompiler,
    ...RELAYER_ADDRESSES.map((address) => getAddress(address)),
    getAddress(REVOKER_ADDRESS),
  ]
}
