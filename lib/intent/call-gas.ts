import { MAX_CALL_GAS } from '../session/limits'

/** Gas the account itself may need around one call, above what the game's function uses. */
const OVERHEAD_PER_CALL = 6_000
/** Gas the account may need once per intent. */
const OVERHEAD_PER_INTENT = 10_000

/** `callGas` to sign for calls with these `gasLimits` (from the policy's actions), capped at what the contract takes. */
export function callGasOf(gasLimits: readonly number[]): number {
  const total = gasLimits.reduce(
    (sum, gasLimit) => sum + gasLimit + OVERHEAD_PER_CALL,
    OVERHEAD_PER_INTENT,
  )
  return Math.min(total, MAX_CALL_GAS)
}
