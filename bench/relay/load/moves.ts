import { type Address, encodeFunctionData, type Hex } from 'viem'
import { delveAddress } from '@/lib/contracts/addresses'
import { delveAbi } from '@/lib/contracts/generated/delve'
import type { Call } from '@/lib/intent/intent'
import { callRpc } from './rpc'

const moves = [0, 1, 2, 3].map((direction) =>
  encodeFunctionData({
    abi: delveAbi,
    functionName: 'move',
    args: [direction],
  }),
)

/** Call data of a step; 0 to 3, of which 0 and 2, 1 and 3 are opposites. */
export function moveData(direction: number): Hex {
  const data = moves[direction]
  if (!data) throw new Error('no such direction')
  return data
}

/** A step as a call of an intent. */
export function moveCall(direction: number): Call {
  return { to: delveAddress, value: 0n, data: moveData(direction) }
}

/** A direction in which nothing stands before `account`. */
export async function findOpenDirection(
  rpcUrl: string,
  account: Address,
): Promise<number> {
  for (const direction of [0, 1, 2, 3]) {
    const call = { from: account, to: delveAddress, data: moveData(direction) }
    const isOpen = await callRpc(rpcUrl, 'eth_call', [call, 'latest']).then(
      () => true,
      () => false,
    )
    if (isOpen) return direction
  }
  throw new Error('walled in')
}
