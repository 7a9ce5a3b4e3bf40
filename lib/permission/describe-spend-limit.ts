import { describeAmount, type TokenLabel } from './describe-amount'
import { describePeriod } from './period'
import type { SpendLimit } from './terms'

/** What the contract enforces for one token, as a sentence. */
export function describeSpendLimit(
  { token, maxAmount, period, maxAmountPerPeriod }: SpendLimit,
  label?: TokenLabel | undefined,
): string {
  const total = describeAmount(maxAmount, token, label)
  if (period === 0) return `Spends at most ${total} in all.`
  const part = describeAmount(maxAmountPerPeriod, token, label)
  return `Spends at most ${part} ${describePeriod(period)} and ${total} in all.`
}
