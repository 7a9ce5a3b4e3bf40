// Measures what a move costs, from receipts of real transactions on a fresh
// Anvil (Osaka), and writes bench/results/gas.json. All figures are gas per
// move in steady state unless their name says otherwise.
import { mkdirSync, writeFileSync } from 'node:fs'
import { encodeFunctionData, type Hex, keccak256, parseAbi } from 'viem'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { encodeTerms } from '@/lib/intent/encode-grant'
import { tableHashOf } from '@/lib/permission/encode-table'
import { hashTerms } from '@/lib/permission/hash-terms'
import { makePermission } from '@/lib/permission/permission'
import { makeTerms } from '@/lib/permission/terms'
import { computePolicyId } from '@/lib/policy/policy-id'
import type { KeyScheme } from '@/lib/session/session'
import { startAnvil } from '@/scripts/stack/anvil'
import { findFreePort } from '@/scripts/stack/child'
import type { Policy } from './gas/bundle'
import {
  buildBenchContracts,
  type Chain,
  connect,
  deploy,
  deployPlaykey,
  send,
} from './gas/chain'
import { makeForeignPlayers } from './gas/foreign-account'
import {
  type Game,
  makeWarmPlayers,
  measureDirect,
  measureEnable,
  measureFirst,
  measureMoves,
  measureRevoke,
} from './gas/measure'
import { makePlayers } from './gas/players'

async function publish(
  chain: Chain,
  game: Game,
  signatures: readonly string[],
): Promise<Policy> {
  const policyTerms = makeTerms(
    signatures.map((signature) =>
      makePermission({ signature, to: game.address, maxCalls: 500_000 }),
    ),
  )
  const owner = chain.account.address
  const terms = {
    owner,
    revokers: [],
    documentHash: keccak256('0x01'),
  } as const
  const data = encodeFunctionData({
    abi: sessionManagerAbi,
    functionName: 'publish',
    args: [owner, [], 86_400, terms.documentHash, encodeTerms(policyTerms)],
  })
  await send(chain, { to: sessionManagerAddress, data })
  const policyId = computePolicyId({
    ...terms,
    maxDurationSeconds: 86_400,
    termsHash: hashTerms(policyTerms),
  })
  return { policyId, terms: policyTerms }
}

async function measureScheme(
  chain: Chain,
  policy: Policy,
  game: Game,
  scheme: KeyScheme,
) {
  const players = await makeWarmPlayers(chain, policy, game, 100, scheme)
  const bundle = async (count: number) =>
    measureMoves(chain, policy, players.slice(0, count), game)
  const perMove = {
    '1': await bundle(1),
    '10': await bundle(10),
    '100': await bundle(100),
  }
  return { players, perMove }
}

async function measureForeign(chain: Chain, policy: Policy, game: Game) {
  const players = await makeForeignPlayers(chain, 100, policy)
  for (let round = 0; round < 3; round++)
    await measureMoves(chain, policy, players, game)
  return measureMoves(chain, policy, players, game)
}

async function measure(chain: Chain) {
  await deployPlaykey(chain)
  const { address } = await deploy(chain, 'OneSlotMove')
  const moveData: Hex = encodeFunctionData({
    abi: parseAbi(['function move(uint8 direction)']),
    args: [1],
  })
  const game = { address, moveData }
  const policy = await publish(chain, game, ['move(uint8)'])
  const three = ['move(uint8)', 'mint(uint256)', 'rest()']
  const larger = await publish(chain, game, three)
  const direct = await measureDirect(chain, game)

  const p256 = await measureScheme(chain, policy, game, 'p256')
  const secp256k1 = await measureScheme(chain, policy, game, 'secp256k1')
  const single = p256.players.slice(0, 1)
  const tenMoves = await measureMoves(chain, policy, single, game, 10)
  const hundredByTen = await measureMoves(
    ...([chain, policy, p256.players, game, 10] as const),
  )
  const foreign = await measureForeign(chain, policy, game)

  const enableExtra = await measureEnable(chain, larger, p256.players, game)
  const fresh = await makePlayers(chain, 50, 'p256')
  const first = await measureFirst(chain, policy, fresh, game)
  const firstSlot = direct.first - direct.steady
  const steady = p256.perMove['100']
  const [revoked] = secp256k1.players
  if (!revoked) throw new Error('no player')
  const tableHash = tableHashOf(policy.terms)

  return {
    direct: { eoa: direct.steady },
    playkey: {
      p256: p256.perMove,
      secp256k1: secp256k1.perMove,
      openzeppelinAccount: { '100': foreign },
      tenMovesPerMove: Math.round(tenMoves / 10),
      hundredByTenPerMove: Math.round(hundredByTen / 10),
      enableExtra,
      deployInBundle: first - steady - enableExtra - firstSlot,
      revoke: await measureRevoke(chain, policy, revoked, tableHash),
    },
  }
}

buildBenchContracts()
const anvil = await startAnvil({ port: await findFreePort() })
try {
  const results = await measure(connect(anvil.url))
  mkdirSync('bench/results', { recursive: true })
  const json = `${JSON.stringify(results, null, 2)}\n`
  writeFileSync('bench/results/gas.json', json)
  console.log(json)
} finally {
  await anvil.child.stop()
}
