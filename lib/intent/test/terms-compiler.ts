import { BaseError, ContractFunctionRevertedError, type Hex } from 'viem'
import {
  sessionManagerAddress,
  termsCompilerAddress,
} from '@/lib/contracts/addresses'
import { termsCompilerAbi } from '@/lib/contracts/generated/terms-compiler'
import { encodeTable } from '../../permission/encode-table'
import type { Terms } from '../../permission/terms'
import type { TestChain } from './chain'

const compiler = { address: termsCompilerAddress, abi: termsCompilerAbi }

/** Name of the error that a read reverted with. */
function revertOf(error: unknown): string {
  const revert =
    error instanceof BaseError &&
    error.walk((cause) => cause instanceof ContractFunctionRevertedError)
  if (!(revert instanceof ContractFunctionRevertedError)) throw error
  return revert.data?.errorName ?? 'nothing'
}

/** What the contract makes of terms: table and hash, or the name of its error. */
export function compileOnChain(
  { client }: TestChain,
  terms: Terms,
): Promise<readonly Hex[] | string> {
  return client
    .readContract({
      ...compiler,
      account: sessionManagerAddress,
      functionName: 'compile',
      args: [terms],
    })
    .catch(revertOf)
}

/** Name of the contract's error about a session's terms that belong to a policy; `within` if there is none. */
export function requireWithinOnChain(
  { client }: TestChain,
  own: Terms,
  policy: Terms,
): Promise<string> {
  return client
    .readContract({
      ...compiler,
      functionName: 'requireWithin',
      args: [encodeTable(own), encodeTable(policy)],
    })
    .then(() => 'within', revertOf)
}
