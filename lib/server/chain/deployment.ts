import type { Address } from 'viem'
import { getServerEnv } from '@/lib/config/env'
import {
  delveAddress,
  playerAccountFactoryAddress,
  playerAccountImplementationAddress,
  sessionManagerAddress,
} from '@/lib/contracts/addresses'

/** Where Playkey lives on this process's chain. */
export type Deployment = {
  chainId: number
  sessionManager: Address
  factory: Address
  accountImplementation: Address
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
    delve: delveAddress,
  }
}
