import { type Address, encodeFunctionData, type Hex } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { hashRevocation } from '@/lib/session/revocation-typed-data'
import type { KeyScheme } from '@/lib/session/session'
import { schemeIds } from '@/lib/session/session-id'
import {
  domain,
  makeGrant,
  makeIntent,
  type Policy,
  sessionIdOf,
  submit,
  type Turn,
} from './bundle'
import { type Chain, send } from './chain'
import { makePlayers, makeSigner, type Player } from './players'

export type Game = { address: Address; moveData: Hex }

/** Steady state is reached after this many moves: no slot is zero any more. */
const WARM_UP = 3

/** Gas per intent of one bundle in which each player makes one intent. */
export async function measureMoves(
  chain: Chain,
  policy: Policy,
  players: readonly Player[],
  game: Game,
  movesPerIntent = 1,
): Promise<number> {
  const calls = Array.from({ length: movesPerIntent }, () => ({
    to: game.address,
    value: 0n,
    data: game.moveData,
  }))
  const turns: Turn[] = []
  for (const player of players)
    turns.push({
      player,
      intent: await makeIntent(chain, player, policy, calls),
    })
  const { gasUsed } = await submit(chain, policy, turns)
  return Math.round(Number(gasUsed) / players.length)
}

/** Players whose accounts, sessions and game slots are in use. */
export async function makeWarmPlayers(
  chain: Chain,
  policy: Policy,
  game: Game,
  count: number,
  scheme: KeyScheme,
): Promise<Player[]> {
  const players = await makePlayers(chain, count, scheme)
  for (let start = 0; start < count; start += 25) {
    const group = players.slice(start, start + 25)
    const turns: Turn[] = []
    for (const player of group)
      turns.push({ player, grant: await makeGrant(chain, player, policy) })
    await submit(chain, policy, turns)
  }
  for (let round = 0; round < WARM_UP; round++)
    await measureMoves(chain, policy, players, game)
  return players
}

/**
 * Gas that enabling a session adds to the bundle with its first intent, per
 * player, whose accounts and game slots exist already.
 */
export async function measureEnable(
  chain: Chain,
  policy: Policy,
  players: readonly Player[],
  game: Game,
): Promise<number> {
  const renewed = players.map((player) => ({
    ...player,
    signer: makeSigner(player.signer.key.scheme),
    sequence: 0,
  }))
  const first = await measureFirst(chain, policy, renewed, game)
  return first - (await measureMoves(chain, policy, renewed, game))
}

/** Gas per player of a bundle of grants and first intents. */
export async function measureFirst(
  chain: Chain,
  policy: Policy,
  players: readonly Player[],
  game: Game,
): Promise<number> {
  const turns: Turn[] = []
  const call = { to: game.address, value: 0n, data: game.moveData }
  for (const player of players)
    turns.push({
      player,
      grant: await makeGrant(chain, player, policy),
      intent: await makeIntent(chain, player, policy, [call]),
    })
  const { gasUsed } = await submit(chain, policy, turns)
  return Math.round(Number(gasUsed) / players.length)
}

/** Gas of a transaction in which a wallet plays without any session. */
export async function measureDirect(
  chain: Chain,
  game: Game,
): Promise<{ first: number; steady: number }> {
  const account = privateKeyToAccount(generatePrivateKey())
  await chain.setBalance({ address: account.address, value: 10n ** 18n })
  const used: number[] = []
  for (let round = 0; round <= WARM_UP; round++) {
    const hash = await chain.sendTransaction({
      account,
      to: game.address,
      data: game.moveData,
    })
    const receipt = await chain.waitForTransactionReceipt({ hash })
    used.push(Number(receipt.gasUsed))
  }
  return { first: used[0] ?? 0, steady: used[WARM_UP] ?? 0 }
}

/** Gas of a transaction that revokes by the owner's signature. */
export async function measureRevoke(
  chain: Chain,
  policy: Policy,
  player: Player,
  tableHash: Hex,
): Promise<number> {
  const { account, owner, signer } = player
  const digest = hashRevocation({
    account,
    sessionId: sessionIdOf(player, policy),
    ...domain,
  })
  const identity = {
    account,
    policyId: policy.policyId,
    tableHash,
    epoch: 0,
    key: { ...signer.key, scheme: schemeIds[signer.key.scheme] },
  }
  const data = encodeFunctionData({
    abi: sessionManagerAbi,
    functionName: 'revokeByOwner',
    args: [identity, '0x', await owner.sign({ hash: digest })],
  })
  const receipt = await send(chain, { to: sessionManagerAddress, data })
  return Number(receipt.gasUsed)
}
