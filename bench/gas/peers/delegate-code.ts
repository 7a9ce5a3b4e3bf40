import { type Address, concat } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { type Chain, waitForReceipt } from '../chain'

/**
 * Gives wallets the code of `implementation` by EIP-7702: each signs an
 * authorization, one type-4 transaction of the relayer carries them all. The
 * wallets must be new (nonce 0).
 */
export async function delegateCode(
  chain: Chain,
  wallets: readonly PrivateKeyAccount[],
  implementation: Address,
): Promise<void> {
  const chainId = chain.chain.id
  const authorizationList = await Promise.all(
    wallets.map((wallet) =>
      wallet.signAuthorization({ address: implementation, chainId, nonce: 0 }),
    ),
  )
  const hash = await chain.sendTransaction({
    to: chain.account.address,
    authorizationList,
    gas: 10_000_000n,
  })
  await waitForReceipt(chain, hash)
  const designator = concat(['0xef0100', implementation]).toLowerCase()
  for (const { address } of wallets)
    if ((await chain.getCode({ address })) !== designator)
      throw new Error(`${address} has not delegated its code`)
}
