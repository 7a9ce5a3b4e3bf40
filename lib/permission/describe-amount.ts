import { type Address, formatUnits } from 'viem'
import { shortAddress } from './describe-permission'

/** How a token is shown. */
export type TokenLabel = { symbol: string; decimals: number }

/** An amount of a token as people read it; raw units where nothing is known about the token. */
export function describeAmount(
  amount: bigint,
  token: Address,
  label: TokenLabel | undefined,
): string {
  if (label) return `${formatUnits(amount, label.decimals)} ${label.symbol}`
  return `${amount.toLocaleString('en-US')} units of ${shortAddress(token)}`
}
