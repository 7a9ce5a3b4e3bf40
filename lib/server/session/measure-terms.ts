import { type Address, encodeFunctionData, type Hex, hexToBytes } from 'viem'
import {
  sessionManagerAddress,
  termsCompilerAddress,
} from '@/lib/contracts/addresses'
import { termsCompilerAbi } from '@/lib/contracts/generated/terms-compiler'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { Terms } from '@/lib/permission/terms'
import { COMPILE_GAS } from './gas-of-grant'

/** The part of a chain's client that measures. */
type Meter = {
  estimateGas(call: {
    account: Address
    to: Address
    data: Hex
  }): Promise<bigint>
}

/** Terms of a session's own, as its grant carries them. */
export type OwnTerms = {
  terms: Terms
  /** What they come to. */
  table: Hex
  /** Of the policy that they must be within; `0x` without one. */
  policyTable: Hex
}

/**
 * Gas that compiling own terms takes, and comparing them with the policy's. No formula tells: it depends on every
 * character of them.
 * @throws PlaykeyError `terms_not_compiled` for terms that take more than the contract gives them
 */
export async function measureTerms(
  meter: Meter,
  { terms, table, policyTable }: OwnTerms,
): Promise<number> {
  const abi = termsCompilerAbi
  const compile = encodeFunctionData({
    ...{ abi, functionName: 'compile', args: [terms] },
  })
  const compare = encodeFunctionData({
    ...{ abi, functionName: 'requireWithin', args: [table, policyTable] },
  })
  const questions = policyTable === '0x' ? [compile] : [compile, compare]
  const parts = await Promise.all(questions.map((data) => measure(meter, data)))
  const gas = Math.max(...parts)
  if (gas > COMPILE_GAS)
    throw new PlaykeyError('terms_not_compiled', {
      details: { gas, maxGas: COMPILE_GAS },
    })
  return parts.reduce((sum, part) => sum + part, 0)
}

/** What the compiler takes for a question, without what a transaction takes for itself. */
async function measure(meter: Meter, data: Hex): Promise<number> {
  const gas = await meter.estimateGas({
    ...{ account: sessionManagerAddress, to: termsCompilerAddress, data },
  })
  const bytes = hexToBytes(data)
  const intrinsic = bytes.reduce((sum, byte) => sum + (byte ? 16 : 4), 21_000)
  return Number(gas) - intrinsic
}
