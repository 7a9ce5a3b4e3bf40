import { type Address, concat, encodeFunctionData, pad } from 'viem'
import { entryPoint09Address } from 'viem/account-abstraction'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import { deploy } from './bench-contracts'
import { encodeBundle, makeGrant, type Policy } from './bundle'
import { type Chain, waitForReceipt } from './chain'
import { makePlayers, type Player } from './players'

/**
 * Players with OpenZeppelin's unmodified ERC-7579 account: SessionManager
 * installed, the session granted by the account itself. Both calls come from
 * the EntryPoint, impersonated, as the owner's operations would.
 */
export async function makeForeignPlayers(
  chain: Chain,
  count: number,
  policy: Policy,
): Promise<Player[]> {
  await chain.impersonateAccount({ address: entryPoint09Address })
  await chain.setBalance({ address: entryPoint09Address, value: 10n ** 20n })
  const players = await makePlayers(chain, 'foreign', count, 'p256')
  for (const player of players) {
    const args = [player.owner.address]
    const { address, abi } = await deploy(chain, 'OpenZeppelinAccount', args)
    player.account = address
    const grant = await makeGrant(chain, player, policy)
    const execute = encodeBundle(policy, [{ player, grant }])
    await operate(chain, address, {
      abi,
      functionName: 'installModule',
      args: [2n, sessionManagerAddress, '0x'],
    })
    await operate(chain, address, {
      abi,
      functionName: 'execute',
      args: [
        pad('0x', { size: 32 }),
        concat([sessionManagerAddress, pad('0x', { size: 32 }), execute]),
      ],
    })
  }
  return players
}

async function operate(
  chain: Chain,
  to: Address,
  call: Parameters<typeof encodeFunctionData>[0],
): Promise<void> {
  const data = encodeFunctionData(call)
  const hash = await chain.sendTransaction({
    account: entryPoint09Address,
    to,
    data,
    gas: 10_000_000n,
  })
  await waitForReceipt(chain, hash)
}
