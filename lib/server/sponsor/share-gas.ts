/**
 * Shares a bundle's gas among its intents, each by the gas that it was admitted for.
 * @returns shares in the same order; whole numbers, in all exactly `gasUsed`, or nothing where nothing was reserved
 */
export function shareGas(
  gasUsed: bigint,
  reserved: readonly number[],
): number[] {
  const total = reserved.reduce((sum, gas) => sum + gas, 0)
  if (total === 0) return reserved.map(() => 0)
  let upto = 0
  let shared = 0n
  return reserved.map((gas) => {
    upto += gas
    const before = shared
    shared = (gasUsed * BigInt(upto)) / BigInt(total)
    return Number(shared - before)
  })
}
