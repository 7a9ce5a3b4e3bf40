import { makePermission } from '@/lib/permission/permission'
import { makeTerms } from '@/lib/permission/terms'
import type { KeyScheme } from '@/lib/session/session'
import type { Policy } from './bundle'
import type { Chain } from './chain'
import { makeForeignPlayers } from './foreign-account'
import {
  type Game,
  grantAll,
  makeMoves,
  measureDirect,
  measureFirst,
  measureIntents,
  measureRevoke,
  warmUp,
  withNewKeys,
} from './measure'
import { measureRules } from './measure-rules'
import { makePlayers, type Player } from './players'
import { publish } from './publish'
import type { GasResults } from './render-table'

type Bench = { chain: Chain; game: Game; policy: Policy }

/** All figures of Playkey and of the wallet's own transaction. */
export async function measurePlaykey(
  chain: Chain,
  game: Game,
): Promise<Pick<GasResults, 'direct' | 'playkey'>> {
  const policy = await publishFunctions(chain, game, ['move(uint8)'])
  const bench = { chain, game, policy }
  const direct = await measureDirect(chain, game)
  const p256 = await measureScheme(bench, 'p256')
  const secp256k1 = await measureScheme(bench, 'secp256k1')
  const foreign = await measureForeign(bench)
  const { players } = p256
  const tenEach = (count: number) => measureTenEach(bench, players, count)
  const [revoked] = secp256k1.players
  if (!revoked) throw new Error('no player')
  return {
    direct: { eoa: direct.steady },
    playkey: {
      p256: p256.perMove,
      secp256k1: secp256k1.perMove,
      openzeppelinAccount: { '100': foreign },
      tenMovesPerMove: await tenEach(1),
      hundredByTenPerMove: await tenEach(100),
      enableExtra: await measureEnable(bench, players),
      deployInBundle: await measureDeploy(
        ...([bench, players, direct.first - direct.steady] as const),
      ),
      revoke: await measureRevoke(chain, policy, revoked),
      rules: await measureRules(chain, game, players),
    },
  }
}

function publishFunctions(
  chain: Chain,
  { address }: Game,
  signatures: readonly string[],
): Promise<Policy> {
  const permissions = signatures.map((signature) =>
    makePermission({ signature, to: address, maxCalls: 500_000 }),
  )
  return publish(chain, makeTerms(permissions))
}

async function measureScheme(
  { chain, game, policy }: Bench,
  scheme: KeyScheme,
) {
  const players = await makePlayers(chain, scheme, 100, scheme)
  await grantAll(chain, policy, players)
  await warmUp(chain, policy, players, makeMoves(game))
  const bundle = (count: number) =>
    measureIntents(chain, policy, players.slice(0, count), makeMoves(game))
  const perMove = {
    '1': await bundle(1),
    '10': await bundle(10),
    '100': await bundle(100),
  }
  return { players, perMove }
}

/** Gas per move when each of the first `count` players makes ten at once. */
async function measureTenEach(
  { chain, game, policy }: Bench,
  players: readonly Player[],
  count: number,
): Promise<number> {
  const some = players.slice(0, count)
  const ten = await measureIntents(chain, policy, some, makeMoves(game, 10))
  return Math.round(ten / 10)
}

async function measureForeign({ chain, game, policy }: Bench) {
  const players = await makeForeignPlayers(chain, 100, policy)
  await warmUp(chain, policy, players, makeMoves(game))
  return measureIntents(chain, policy, players, makeMoves(game))
}

/**
 * Gas that enabling a session of three permissions adds to the bundle with
 * its first intent, per player, whose accounts and game slots are there.
 */
async function measureEnable(
  { chain, game }: Bench,
  players: readonly Player[],
): Promise<number> {
  const functions = ['move(uint8)', 'mint(uint256)', 'rest()']
  const policy = await publishFunctions(chain, game, functions)
  const renewed = withNewKeys(players, 'enable')
  const moves = makeMoves(game)
  const first = await measureFirst(chain, policy, renewed, moves)
  return first - (await measureIntents(chain, policy, renewed, moves))
}

/**
 * Gas that creating the account adds to the bundle with the player's grant
 * and first move, without the game's own first slot.
 */
async function measureDeploy(
  { chain, game, policy }: Bench,
  players: readonly Player[],
  firstSlot: number,
): Promise<number> {
  const known = withNewKeys(players.slice(0, 50), 'deploy')
  const strangers = await makePlayers(chain, 'deploy', 50, 'p256')
  const moves = makeMoves(game)
  const created = await measureFirst(chain, policy, strangers, moves)
  const granted = await measureFirst(chain, policy, known, moves)
  return created - granted - firstSlot
}
