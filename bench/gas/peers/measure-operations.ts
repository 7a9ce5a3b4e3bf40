import type { Chain } from '../chain'
import type { Game } from '../measure'
import {
  makeDeposits,
  type OperationAccount,
  playOperations,
} from './entry-point'
import { gasPerMove, WARM_UP } from './moves'
import type { PeerResult } from './peer-results'

/**
 * Moves as ERC-4337 operations of new accounts, at least 100. The owner signs
 * each; a fee is charged to the account's deposit.
 */
export async function measureOperations(
  chain: Chain,
  game: Game,
  accounts: readonly OperationAccount[],
): Promise<PeerResult> {
  const play = async (count: number, movesEach = 1, start = 0) => {
    const players = accounts.slice(start, start + count)
    const receipt = await playOperations(chain, players, game, movesEach)
    const addresses = players.map(({ address }) => address)
    return gasPerMove(receipt, game, addresses, movesEach)
  }
  await makeDeposits(chain, accounts)
  for (let start = 0; start < accounts.length; start += 25)
    await play(25, 1, start)
  for (let round = 1; round < WARM_UP; round++) await play(accounts.length)
  return {
    policy: 'none',
    perMove: {
      '1': await play(1),
      '10': await play(10),
      '100': await play(100),
    },
    tenMovesPerMove: await play(1, 10),
  }
}
