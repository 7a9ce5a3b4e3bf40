// What a move costs through other systems that let a game send a player's
// moves, by the same game and on the same chain as Playkey's own figures.
import type { Chain } from '../chain'
import type { Game } from '../measure'
import { packageVersion } from './deploy-bytecode'
import { deployEntryPoint } from './entry-point'
import { measureDelegations } from './measure-delegations'
import { measureOperations } from './measure-operations'
import {
  makeSimple7702Accounts,
  makeSimpleAccounts,
} from './operation-accounts'
import type { PeerResults } from './peer-results'

/** Gas per move of each peer, in steady state. Needs a fresh chain. */
export async function measurePeers(
  chain: Chain,
  game: Game,
): Promise<PeerResults> {
  await deployEntryPoint(chain)
  const simple7702 = await makeSimple7702Accounts(chain, 100)
  const simple = await makeSimpleAccounts(chain, 100)
  const owners = {
    simple7702: await measureOperations(chain, game, simple7702),
    simple: await measureOperations(chain, game, simple),
  }
  const delegates = await measureDelegations(chain, game)
  return {
    'EntryPoint 0.8, Simple7702Account': owners.simple7702,
    'EntryPoint 0.8, SimpleAccount': owners.simple,
    'MetaMask delegation, session key': delegates.sessionKey,
    'MetaMask delegation, one operator': delegates.operator,
  }
}

/** Versions of the npm packages whose bytecode is measured. */
export function peerVersions(): Record<string, string> {
  const names = ['@account-abstraction/contracts', '@metamask/delegation-abis']
  return Object.fromEntries(names.map((name) => [name, packageVersion(name)]))
}
