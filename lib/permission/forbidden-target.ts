import { type Address, isAddressEqual } from 'viem'

/** ERC-4337 entry points 0.6 to 0.9: never a session's target. */
export const ENTRY_POINTS: readonly Address[] = [
  '0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789',
  '0x0000000071727De22E5E9d8BAf0edAc6f37da032',
  '0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108',
  '0x433709009B8330FDa32311DF1C2AFA402eD8D009',
]

/** Uniswap's Permit2, which moves tokens of everyone who approved it. */
export const PERMIT2: Address = '0x000000000022D473030F116dDEE9F6B43aC78BA3'

/** Highest address that belongs to the chain itself: precompiles and the zero address. */
const HIGHEST_PRECOMPILE = 0xffffn

/** Whether no session may ever call `target`. @param own Playkey's own contracts. */
export function isForbiddenTarget(
  target: Address,
  own: readonly Address[] = [],
): boolean {
  return (
    BigInt(target) <= HIGHEST_PRECOMPILE ||
    [...ENTRY_POINTS, PERMIT2, ...own].some((each) =>
      isAddressEqual(each, target),
    )
  )
}
