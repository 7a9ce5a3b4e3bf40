import { type Hex, keccak256, slice, toHex } from 'viem'

const known = new Map<string, Hex>()
const MAX_KNOWN = 1_024

/** First four bytes of the hash of a canonical function signature, exactly as the contract derives it: no normalising. Remembered, because each intent compares several. */
export function selectorOf(signature: string): Hex {
  const before = known.get(signature)
  if (before) return before
  const selector = slice(keccak256(toHex(signature)), 0, 4)
  if (known.size < MAX_KNOWN) known.set(signature, selector)
  return selector
}
