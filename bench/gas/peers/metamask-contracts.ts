import * as abis from '@metamask/delegation-abis'
import * as bytecodes from '@metamask/delegation-abis/bytecode'
import type { Abi, Address, Hex } from 'viem'
import { entryPoint07Address } from 'viem/account-abstraction'
import type { Chain } from '../chain'
import { deployBytecode } from './deploy-bytecode'

/** Addresses of the MetaMask delegation framework. */
export type MetaMaskContracts = {
  delegationManager: Address
  /** Code of a player's wallet, EIP7702StatelessDeleGator. */
  delegator: Address
  allowedTargets: Address
  allowedMethods: Address
  timestamp: Address
  limitedCalls: Address
}

/**
 * The framework as published. Its wallets also take operations from an
 * EntryPoint; no row uses that, so none is deployed.
 */
export async function deployMetaMask(chain: Chain): Promise<MetaMaskContracts> {
  const deploy = (bytecode: Hex, abi: Abi = [], args: Address[] = []) =>
    deployBytecode(chain, { abi, bytecode }, args)
  const owner = chain.account.address
  const manager = await deploy(
    bytecodes.DelegationManager,
    abis.DelegationManager,
    [owner],
  )
  return {
    delegationManager: manager,
    delegator: await deploy(
      bytecodes.EIP7702StatelessDeleGator,
      abis.EIP7702StatelessDeleGator,
      [manager, entryPoint07Address],
    ),
    allowedTargets: await deploy(bytecodes.AllowedTargetsEnforcer),
    allowedMethods: await deploy(bytecodes.AllowedMethodsEnforcer),
    timestamp: await deploy(bytecodes.TimestampEnforcer),
    limitedCalls: await deploy(bytecodes.LimitedCallsEnforcer),
  }
}
