import { selectorOf } from './selector'

/** Functions that no limit could bound; the contract refuses them in any terms. The same list as in TermsCompiler. */
export const unboundedFunctions: readonly string[] = [
  'permit(address,address,uint256,uint256,uint8,bytes32,bytes32)',
  'permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)',
  'permit(address,address,uint256,uint256,bytes)',
  'setApprovalForAll(address,bool)',
  'increaseApproval(address,uint256)',
  'authorizeOperator(address)',
]

const selectors = new Set(unboundedFunctions.map(selectorOf))

/** Whether the contract refuses the function, or one with the same selector. */
export function isUnboundedFunction(signature: string): boolean {
  return selectors.has(selectorOf(signature))
}
