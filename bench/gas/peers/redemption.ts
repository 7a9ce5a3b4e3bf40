import { DelegationManager } from '@metamask/delegation-abis'
import {
  type Address,
  concat,
  encodeFunctionData,
  type Hex,
  type LocalAccount,
  type TransactionReceipt,
  toHex,
  zeroHash,
} from 'viem'
import { type Chain, MAX_TRANSACTION_GAS, waitForReceipt } from '../chain'
import type { MetaMaskContracts } from './metamask-contracts'

/** A call under a delegation: the delegate names the permission for each. */
export type Redemption = { context: Hex; to: Address; data: Hex }

/** Call data for DelegationManager; each call in single-call mode. */
export function encodeRedemptions(redemptions: readonly Redemption[]): Hex {
  const noValue = toHex(0, { size: 32 })
  return encodeFunctionData({
    abi: DelegationManager,
    functionName: 'redeemDelegations',
    args: [
      redemptions.map(({ context }) => context),
      redemptions.map(() => zeroHash),
      redemptions.map(({ to, data }) => concat([to, noValue, data])),
    ],
  })
}

/** The delegate's own transaction. @throws when it reverts. */
export async function redeem(
  chain: Chain,
  contracts: MetaMaskContracts,
  delegate: LocalAccount,
  redemptions: readonly Redemption[],
): Promise<TransactionReceipt> {
  const hash = await chain.sendTransaction({
    account: delegate,
    to: contracts.delegationManager,
    data: encodeRedemptions(redemptions),
    gas: MAX_TRANSACTION_GAS,
  })
  return waitForReceipt(chain, hash)
}
