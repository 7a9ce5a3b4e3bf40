import { selectorOf } from './selector'

/** How a function moves ERC-20 tokens, as the table writes it: 1 `transfer`, 2 `transferFrom`, 3 `approve` or `increaseAllowance`; 0 for every other function. */
export type TokenFunction = 0 | 1 | 2 | 3

/** Code of `transfer`. */
export const TRANSFER = 1
/** Code of `transferFrom`. */
export const TRANSFER_FROM = 2
/** Code of `approve` and `increaseAllowance`. */
export const APPROVE = 3

/** Functions that may be in terms only together with a spend limit of their contract. */
export const tokenFunctions: Readonly<Record<string, TokenFunction>> = {
  'transfer(address,uint256)': TRANSFER,
  'transferFrom(address,address,uint256)': TRANSFER_FROM,
  'approve(address,uint256)': APPROVE,
  'increaseAllowance(address,uint256)': APPROVE,
}

const bySelector = new Map(
  Object.entries(tokenFunctions).map(([signature, code]) => [
    selectorOf(signature),
    code,
  ]),
)

/** Code of a function, by its selector: a twin with another name does the same. */
export function tokenFunctionOf(signature: string): TokenFunction {
  return bySelector.get(selectorOf(signature)) ?? 0
}

/** Index of the argument word that holds the amount. */
export function amountWordOf(code: TokenFunction): number {
  return code === TRANSFER_FROM ? 2 : 1
}
