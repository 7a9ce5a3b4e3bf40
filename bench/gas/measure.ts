import { type Address, encodeFunctionData, type Hex } from 'viem'
import { sessionManagerAddress } from '@/lib/contracts/addresses'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import type { Call } from '@/lib/intent/intent'
import { tableHashOf } from '@/lib/permission/encode-table'
import { hashRevocation } from '@/lib/session/revocation-typed-data'
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
import { type Chain, send, waitForReceipt } from './chain'
import { makeWallets } from './peers/make-wallets'
import { makeSigner, type Player } from './players'

/** The game whose move is measured, and the call data of that move. */
export type Game = { address: Address; moveData: Hex }

/** Steady state is reached after this many moves: no slot is zero any more. */
const WARM_UP = 3

/** `count` moves as an intent's calls. */
export function makeMoves({ address, moveData }: Game, count = 1): Call[] {
  const move = { to: address, value: 0n, data: moveData }
  return Array.from({ length: count }, () => move)
}

/** Gas per player of one bundle in which each makes one intent. */
export async function measureIntents(
  chain: Chain,
  policy: Policy,
  players: readonly Player[],
  calls: Call[],
): Promise<number> {
  const turns: Turn[] = []
  for (const player of players)
    turns.push({
      player,
      intent: await makeIntent(chain, player, policy, calls),
    })
  const { gasUsed } = await submit(chain, policy, turns)
  return Math.round(Number(gasUsed) / players.length)
}

/** Grants the policy to each player, 25 in a bundle. */
export async function grantAll(
  chain: Chain,
  policy: Policy,
  players: readonly Player[],
): Promise<void> {
  for (let start = 0; start < players.length; start += 25) {
    const turns: Turn[] = []
    for (const player of players.slice(start, start + 25))
      turns.push({ player, grant: await makeGrant(chain, player, policy) })
    await submit(chain, policy, turns)
  }
}

/** Makes intents until no slot that they write is zero any more. */
export async function warmUp(
  chain: Chain,
  policy: Policy,
  players: readonly Player[],
  calls: Call[],
): Promise<void> {
  for (let round = 0; round < WARM_UP; round++)
    await measureIntents(chain, policy, players, calls)
}

/** The same players with session keys that no session has yet. */
export function withNewKeys(
  players: readonly Player[],
  name: string,
): Player[] {
  return players.map((player, index) => ({
    ...player,
    signer: makeSigner(player.signer.key.scheme, `${name} ${index}`),
    sequence: 0,
  }))
}

/** Gas per player of a bundle of grants and first intents. */
export async function measureFirst(
  chain: Chain,
  policy: Policy,
  players: readonly Player[],
  calls: Call[],
): Promise<number> {
  const turns: Turn[] = []
  for (const player of players)
    turns.push({
      player,
      grant: await makeGrant(chain, player, policy),
      intent: await makeIntent(chain, player, policy, calls),
    })
  const { gasUsed } = await submit(chain, policy, turns)
  return Math.round(Number(gasUsed) / players.length)
}

/** Gas of a transaction in which a wallet plays without any session. */
export async function measureDirect(
  chain: Chain,
  game: Game,
): Promise<{ first: number; steady: number }> {
  const [account] = makeWallets('direct', 1)
  if (!account) throw new Error('no wallet')
  await chain.setBalance({ address: account.address, value: 10n ** 18n })
  const used: number[] = []
  for (let round = 0; round <= WARM_UP; round++) {
    const hash = await chain.sendTransaction({
      account,
      to: game.address,
      data: game.moveData,
    })
    const { gasUsed } = await waitForReceipt(chain, hash)
    used.push(Number(gasUsed))
  }
  return { first: used[0] ?? 0, steady: used[WARM_UP] ?? 0 }
}

/** Gas of a transaction that revokes by the owner's signature. */
export async function measureRevoke(
  chain: Chain,
  policy: Policy,
  player: Player,
): Promise<number> {
  const { account, owner, signer } = player
  const sessionId = sessionIdOf(player, policy)
  const digest = hashRevocation({ account, sessionId, ...domain })
  const identity = {
    account,
    policyId: policy.policyId,
    tableHash: tableHashOf(policy.terms),
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
