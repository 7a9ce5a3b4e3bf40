import type { Address, PublicClient } from 'viem'
import { delveAbi } from '@/lib/contracts/generated/delve'
import {
  type DelveState,
  gemsOfTide,
  type Position,
  relicPrices,
  TIDE_SECONDS,
} from './delve-rules'

/** Reads of the chain that Delve's board needs. */
export type DelveClient = Pick<
  PublicClient,
  'readContract' | 'getBlockNumber' | 'getContractEvents'
>

type Board = {
  /** Gems that lie there in that tide, one bit per cell. */
  gems: bigint
  tide: bigint
}

/** A player as everyone sees them. */
export type DelvePlayer = Position & { account: Address }

/** Blocks in which a player must have moved to be shown. */
const RECENT_BLOCKS = 400n

/** The board as of the latest block. */
export async function readBoard(
  client: DelveClient,
  address: Address,
): Promise<Board> {
  const [gems, tide] = await client.readContract({
    address,
    abi: delveAbi,
    functionName: 'board',
  })
  return { gems, tide }
}

/**
 * Gems at `nowSeconds`: those read, unless a later tide has come since the
 * latest block, which nobody can have picked from yet.
 */
export function boardAt(board: Board, nowSeconds: number): bigint {
  const tide = BigInt(Math.floor(nowSeconds / TIDE_SECONDS))
  return tide > board.tide ? gemsOfTide(tide) : board.gems
}

/** Where the player stands (or will start) and what they carry. */
export async function readPlayer(
  client: DelveClient,
  address: Address,
  account: Address,
): Promise<Omit<DelveState, 'relics' | 'board'>> {
  const { x, y, gems } = await client.readContract({
    address,
    abi: delveAbi,
    functionName: 'playerOf',
    args: [account],
  })
  return { x, y, gems }
}

/** How many of each relic the player owns, by id. */
export async function readRelics(
  client: DelveClient,
  address: Address,
  account: Address,
): Promise<number[]> {
  const balances = await client.readContract({
    address,
    abi: delveAbi,
    functionName: 'balanceOfBatch',
    args: [
      relicPrices.map(() => account),
      relicPrices.map((_, id) => BigInt(id)),
    ],
  })
  return balances.map(Number)
}

/** Players who moved within the last blocks, each where they stand now. */
export async function readRecentPlayers(
  client: DelveClient,
  address: Address,
): Promise<DelvePlayer[]> {
  const head = await client.getBlockNumber({ cacheTime: 0 })
  const events = await client.getContractEvents({
    address,
    abi: delveAbi,
    eventName: 'Moved',
    fromBlock: head > RECENT_BLOCKS ? head - RECENT_BLOCKS : 0n,
    strict: true,
  })
  const players = new Map<Address, DelvePlayer>()
  for (const { args } of events) {
    players.set(args.player, { account: args.player, x: args.x, y: args.y })
  }
  return [...players.values()]
}
