import {
  type Address,
  getAddress,
  isAddressEqual,
  parseAbi,
  parseEventLogs,
  type TransactionReceipt,
} from 'viem'
import type { Game } from '../measure'

const gameAbi = parseAbi([
  'event Moved(address indexed player, uint256 x, uint256 y)',
])

/** Steady state is reached after this many moves: no slot is zero any more. */
export const WARM_UP = 3

/**
 * Gas per move of a transaction in which each player makes `movesEach` moves.
 * @throws unless the game emitted exactly those moves.
 */
export function gasPerMove(
  receipt: TransactionReceipt,
  game: Game,
  players: readonly Address[],
  movesEach = 1,
): number {
  const emitted = receipt.logs.filter((log) =>
    isAddressEqual(log.address, game.address),
  )
  const counts = new Map<Address, number>()
  for (const { args } of parseEventLogs({ abi: gameAbi, logs: emitted }))
    counts.set(args.player, (counts.get(args.player) ?? 0) + 1)
  const distinct = new Set(players.map((player) => getAddress(player)))
  const isComplete = [...distinct].every(
    (player) => counts.get(player) === movesEach,
  )
  if (!isComplete || counts.size !== players.length)
    throw new Error(`${counts.size} of ${players.length} players moved`)
  return Math.round(Number(receipt.gasUsed) / (players.length * movesEach))
}
