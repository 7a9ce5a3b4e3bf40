import type { Hex, LocalAccount } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { Chain } from '../chain'
import type { Game } from '../measure'
import { checkEnforcement } from './check-enforcement'
import { delegateCode } from './delegate-code'
import { makeWallets } from './make-wallets'
import { deployMetaMask, type MetaMaskContracts } from './metamask-contracts'
import { makeTerms, signDelegation } from './metamask-delegation'
import { gasPerMove, WARM_UP } from './moves'
import type { PeerResult } from './peer-results'
import { redeem } from './redemption'

const policy = 'contract, function, time, number of calls'

type Bench = { chain: Chain; contracts: MetaMaskContracts; game: Game }
type Delegator = { wallet: PrivateKeyAccount; context: Hex }

/**
 * Moves through MetaMask's delegation framework. The delegate sends each
 * transaction itself and pays for it; nothing is signed for a single move.
 * - `sessionKey`: a delegate of one player, as a session key in the browser.
 * - `operator`: one delegate of 100 players, trusted by all of them.
 */
export async function measureDelegations(
  chain: Chain,
  game: Game,
): Promise<{ sessionKey: PeerResult; operator: PeerResult }> {
  const contracts = await deployMetaMask(chain)
  const bench = { chain, contracts, game }
  return {
    sessionKey: await measureSessionKey(bench),
    operator: await measureOperator(bench),
  }
}

async function measureSessionKey(bench: Bench): Promise<PeerResult> {
  const delegate = await makeDelegate(bench, 'session key')
  const players = await makeDelegators(bench, 'player', 1, delegate)
  return {
    policy,
    perMove: { '1': await play(bench, delegate, players) },
    tenMovesPerMove: await play(bench, delegate, players, 10),
  }
}

async function measureOperator(bench: Bench): Promise<PeerResult> {
  const delegate = await makeDelegate(bench, 'operator')
  const players = await makeDelegators(bench, 'operated', 100, delegate)
  const bundle = (count: number) =>
    play(bench, delegate, players.slice(0, count))
  return {
    policy,
    perMove: {
      '1': await bundle(1),
      '10': await bundle(10),
      '100': await bundle(100),
    },
  }
}

/** A delegate needs ether of its own. */
async function makeDelegate({ chain }: Bench, name: string) {
  const [delegate] = makeWallets(name, 1)
  if (!delegate) throw new Error('no delegate')
  await chain.setBalance({ address: delegate.address, value: 10n ** 20n })
  return delegate
}

/** Players whose delegations are enforced and in use. */
async function makeDelegators(
  bench: Bench,
  name: string,
  count: number,
  delegate: LocalAccount,
): Promise<Delegator[]> {
  const { chain, contracts, game } = bench
  const wallets = makeWallets(name, count)
  await delegateCode(chain, wallets, contracts.delegator)
  const terms = await makeTerms(chain, game)
  const signed = (wallet: PrivateKeyAccount) =>
    signDelegation(chain, contracts, wallet, delegate.address, terms)
  const players = await Promise.all(
    wallets.map(async (wallet) => ({ wallet, context: await signed(wallet) })),
  )
  for (let round = 0; round < WARM_UP; round++)
    await play(bench, delegate, players)
  for (const wallet of wallets.slice(0, 1))
    await checkEnforcement(chain, contracts, game, wallet, delegate)
  return players
}

/** Gas per move of the delegate's transaction with moves of each player. */
async function play(
  { chain, contracts, game }: Bench,
  delegate: LocalAccount,
  players: readonly Delegator[],
  movesEach = 1,
): Promise<number> {
  const moves = players.flatMap(({ context }) =>
    Array.from({ length: movesEach }, () => ({
      context,
      to: game.address,
      data: game.moveData,
    })),
  )
  const receipt = await redeem(chain, contracts, delegate, moves)
  const addresses = players.map(({ wallet }) => wallet.address)
  return gasPerMove(receipt, game, addresses, movesEach)
}
