/** How long an intent lives at least, in seconds: it outlives a short loss of connection. */
const MIN_TTL_SECONDS = 120
const GRID_SECONDS = 60

/**
 * Expiry to sign at `nowSeconds` (unix seconds, exclusive): a whole minute, so that intents that leave within the same
 * minute share it. A bundle then says it once, which saves about 150 gas for each of the others.
 * @returns 120 to 179 seconds ahead; the contract takes 900.
 */
export function expiryAt(nowSeconds: number): number {
  const earliest = nowSeconds + MIN_TTL_SECONDS
  return Math.ceil(earliest / GRID_SECONDS) * GRID_SECONDS
}
