import {
  concat,
  createPublicClient,
  createWalletClient,
  type Hex,
  http,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import {
  deploymentSalt,
  deterministicDeployer,
} from '@/lib/contracts/addresses'
import { deployments } from '@/lib/contracts/deployments'
import { LOCAL_CHAIN_ID } from './anvil'
import { localAccounts } from './keys'

/**
 * Deploys what is not there yet through the deterministic deployer, so that every chain has
 * the same addresses. @returns the names of what was deployed now.
 */
export async function deployContracts(rpcUrl: string): Promise<string[]> {
  const client = createPublicClient({ transport: http(rpcUrl) })
  const deployed: string[] = []
  for (const { name, address, initCode } of deployments) {
    if (await client.getCode({ address })) continue
    const wallet = createWalletClient({
      account: await findPayer(await client.getChainId()),
      transport: http(rpcUrl),
    })
    const hash = await wallet.sendTransaction({
      chain: null,
      to: deterministicDeployer,
      data: concat([deploymentSalt, initCode]),
    })
    await client.waitForTransactionReceipt({ hash, pollingInterval: 50 })
    if (!(await client.getCode({ address })))
      throw new Error(`${name} is not at ${address} after its deployment.`)
    deployed.push(name)
  }
  return deployed
}

async function findPayer(chainId: number) {
  if (chainId === LOCAL_CHAIN_ID) return localAccounts.deployer
  const key = process.env.DEPLOYER_PRIVATE_KEY
  if (!key)
    throw new Error(
      'The contracts are not on this chain yet, so DEPLOYER_PRIVATE_KEY must be set for one start. It only pays; it gains no rights.',
    )
  return privateKeyToAccount(key as Hex)
}
