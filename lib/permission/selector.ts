import { type Hex, keccak256, slice, toHex } from 'viem'

/** First four bytes of the hash of a canonical function signature, exactly as the contract derives it: no normalising. */
export function selectorOf(signature: string): Hex {
  return slice(keccak256(toHex(signature)), 0, 4)
}
