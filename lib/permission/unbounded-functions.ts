import { selectorOf } from './selector'

/** Allowances, operators and delegates, which outlive the session and which no spend limit measures. */
const approvals: readonly string[] = [
  'allow(address,bool)',
  'allowBySig(address,address,bool,uint256,uint256,uint8,bytes32,bytes32)',
  'approve(address)',
  'approve(address,address,uint160,uint48)',
  'approve(address,uint256,bytes)',
  'approve(address,uint256,uint256)',
  'approveDelegation(address,uint256)',
  'approveMax(address)',
  'authorizeOperator(address)',
  'authorizeOperator(address,bytes32,bytes)',
  'authorizeOperator(address,uint256,bytes)',
  'authorizeOperatorByPartition(bytes32,address)',
  'delegate(address)',
  'delegateBySig(address,uint256,uint256,uint8,bytes32,bytes32)',
  'delegationWithSig(address,address,uint256,uint256,uint8,bytes32,bytes32)',
  'hope(address)',
  'increaseAllowance(address,uint256,bytes)',
  'increaseApproval(address,uint256)',
  'increaseApproval(address,uint256,bytes)',
  'safeApprove(address,uint256)',
  'safeIncreaseAllowance(address,uint256)',
  'setApprovalForAll(address,bool)',
  'setAuthorization(address,bool)',
  'setMasterContractApproval(address,address,bool,uint8,bytes32,bytes32)',
  'setOperator(address,bool)',
  'setRelayerApproval(address,address,bool)',
  'temporaryApprove(address,uint256)',
]

/** Permits, and transfers by permit. */
const permits: readonly string[] = [
  'permit(address,((address,uint160,uint48,uint48),address,uint256),bytes)',
  'permit(address,((address,uint160,uint48,uint48)[],address,uint256),bytes)',
  'permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)',
  'permit(address,address,uint256,uint256,bytes)',
  'permit(address,address,uint256,uint256,uint8,bytes32,bytes32)',
  'permit(address,uint256,uint256,bytes)',
  'permit(address,uint256,uint256,uint256,bytes)',
  'permit(address,uint256,uint256,uint8,bytes32,bytes32)',
  'permitAndCall(bytes,bytes)',
  'permitForAll(address,address,bool,uint256,uint256,bytes)',
  'permitTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes)',
  'permitTransferFrom(((address,uint256)[],uint256,uint256),(address,uint256)[],address,bytes)',
  'permitWitnessTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes32,string,bytes)',
  'permitWitnessTransferFrom(((address,uint256)[],uint256,uint256),(address,uint256)[],address,bytes32,string,bytes)',
]

/** Transfers under other names than those that need a spend limit, and those that call somebody. */
const transfers: readonly string[] = [
  'approveAndCall(address,uint256)',
  'approveAndCall(address,uint256,bytes)',
  'batchTransfer(address[],uint256)',
  'batchTransfer(address[],uint256[])',
  'increaseApprovalAndCall(address,uint256,bytes)',
  'move(address,address,uint256)',
  'multiTransfer(address[],uint256[])',
  'operatorSend(address,address,uint256,bytes,bytes)',
  'pull(address,uint256)',
  'push(address,uint256)',
  'safeTransfer(address,uint256)',
  'send(address,uint256,bytes)',
  'transfer(address,address,uint256,bool,bytes)',
  'transfer(address,uint256,bytes)',
  'transfer(address,uint256,bytes,string)',
  'transferAll(address)',
  'transferAllFrom(address,address)',
  'transferAndCall(address,uint256)',
  'transferAndCall(address,uint256,bytes)',
  'transferAndSettle(address,uint256)',
  'transferBatch(address[],address[],uint256[],bool[],bytes[])',
  'transferFrom((address,address,uint160,address)[])',
  'transferFrom(address,address,uint160,address)',
  'transferFrom(address,address,uint256,bytes)',
  'transferFromAndCall(address,address,uint256)',
  'transferFromAndCall(address,address,uint256,bytes)',
  'transferFromAndSettle(address,address,uint256)',
  'transferShares(address,uint256)',
  'transferSharesFrom(address,address,uint256)',
]

/** Calls within arguments: whatever they are, no rule reads them. */
const calls: readonly string[] = [
  'aggregate((address,bytes)[])',
  'aggregate3((address,bool,bytes)[])',
  'aggregate3Value((address,bool,uint256,bytes)[])',
  'batch((address,address,uint256,bytes)[])',
  'batch(bytes[],bool)',
  'blockAndAggregate((address,bytes)[])',
  'call(address,address,uint256,bytes)',
  'execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)',
  'execTransactionFromModule(address,uint256,bytes,uint8)',
  'execTransactionFromModuleReturnData(address,uint256,bytes,uint8)',
  'execute((address,uint256,bytes)[])',
  'execute(address,bytes)',
  'execute(address,uint256,bytes)',
  'execute(address,uint256,bytes,uint8)',
  'execute(bytes,bytes[])',
  'execute(bytes,bytes[],uint256)',
  'execute(bytes32,bytes)',
  'execute(uint256,address,uint256,bytes)',
  'executeBatch((address,uint256,bytes)[])',
  'executeBatch(address[],bytes[])',
  'executeBatch(address[],uint256[],bytes[])',
  'executeBatch(uint256[],address[],uint256[],bytes[])',
  'executeFromExecutor(bytes32,bytes)',
  'multicall(bytes32,bytes[])',
  'multicall(bytes[])',
  'multicall(uint256,bytes[])',
  'tryAggregate(bool,(address,bytes)[])',
  'tryBlockAndAggregate(bool,(address,bytes)[])',
]

/** Why a function is refused, and which ones are for that reason. */
export const unboundedGroups = { approvals, permits, transfers, calls }

export type UnboundedGroup = keyof typeof unboundedGroups

/** Functions that no limit of a session could bound, whatever contract they are of; the contract refuses them in any terms. A test holds the list against Solidity's. */
export const unboundedFunctions: readonly string[] =
  Object.values(unboundedGroups).flat()

const groupBySelector = new Map(
  Object.entries(unboundedGroups).flatMap(([group, signatures]) =>
    signatures.map((signature) => [
      selectorOf(signature),
      group as UnboundedGroup,
    ]),
  ),
)

/** Why the contract refuses the function, or one with the same selector; null when it does not. */
export function unboundedGroupOf(signature: string): UnboundedGroup | null {
  return groupBySelector.get(selectorOf(signature)) ?? null
}
