import { encodeFunctionData, parseAbi } from 'viem'
import { entryPoint08Address } from 'viem/account-abstraction'
import type { Chain } from '../chain'
import { delegateCode } from './delegate-code'
import { deployBytecode, readArtifact } from './deploy-bytecode'
import type { OperationAccount } from './entry-point'
import { makeWallets } from './make-wallets'

const factoryAbi = parseAbi([
  'function createAccount(address owner, uint256 salt) returns (address)',
  'function getAddress(address owner, uint256 salt) view returns (address)',
])

/** Players whose wallets run Simple7702Account themselves. */
export async function makeSimple7702Accounts(
  chain: Chain,
  count: number,
): Promise<OperationAccount[]> {
  const artifact = readArtifact('Simple7702Account')
  const implementation = await deployBytecode(chain, artifact)
  const owners = makeWallets('Simple7702Account', count)
  await delegateCode(chain, owners, implementation)
  return owners.map((owner) => ({
    owner,
    address: owner.address,
    sequence: 0n,
  }))
}

/** Players with a SimpleAccount each, made by its first operation. */
export async function makeSimpleAccounts(
  chain: Chain,
  count: number,
): Promise<OperationAccount[]> {
  const artifact = readArtifact('SimpleAccountFactory')
  const args = [entryPoint08Address]
  const factory = await deployBytecode(chain, artifact, args)
  return Promise.all(
    makeWallets('SimpleAccount', count).map(async (owner) => ({
      owner,
      address: await chain.readContract({
        address: factory,
        abi: factoryAbi,
        functionName: 'getAddress',
        args: [owner.address, 0n],
      }),
      sequence: 0n,
      creation: {
        factory,
        factoryData: encodeFunctionData({
          abi: factoryAbi,
          functionName: 'createAccount',
          args: [owner.address, 0n],
        }),
      },
    })),
  )
}
