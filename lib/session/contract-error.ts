import { type Abi, decodeErrorResult, type Hex, toFunctionSelector } from 'viem'
import { playerAccountAbi } from '@/lib/contracts/generated/player-account'
import { playerAccountFactoryAbi } from '@/lib/contracts/generated/player-account-factory'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { termsCompilerAbi } from '@/lib/contracts/generated/terms-compiler'
import { type ErrorDetails, PlaykeyError } from '@/lib/errors/base-error'
import type { ErrorCode } from '@/lib/errors/error-table'
import { termsErrorCodes } from '../permission/terms-error'

type AbiError = Extract<Abi[number], { type: 'error' }>

/** Every custom error of our contracts → what it means to people. A test checks that none is missing. */
export const contractErrorCodes: Readonly<Record<string, ErrorCode>> = {
  ...termsErrorCodes,
  AccountMismatch: 'account_mismatch',
  AccountNotDeployed: 'account_not_deployed',
  AccountUnauthorized: 'not_authorised_on_chain',
  ArgumentNotAllowed: 'argument_not_allowed',
  ArgumentPeriodSumReached: 'argument_period_sum_exceeded',
  ArgumentSumReached: 'argument_sum_exceeded',
  ArgumentsTooShort: 'arguments_too_short',
  CallGasTooHigh: 'call_gas_too_high',
  CallLimitReached: 'call_limit_exceeded',
  CallPeriodLimitReached: 'call_period_limit_exceeded',
  DurationTooLong: 'duration_too_long',
  EmptyBundle: 'malformed_bundle',
  EpochMismatch: 'epoch_mismatch',
  ERC7579AlreadyInstalledModule: 'account_error',
  ERC7579CannotDecodeFallbackData: 'account_error',
  ERC7579DecodingError: 'account_error',
  ERC7579MismatchedModuleTypeId: 'account_error',
  ERC7579MissingFallbackHandler: 'account_error',
  ERC7579UninstalledModule: 'module_not_installed',
  ERC7579UnsupportedCallType: 'account_error',
  ERC7579UnsupportedExecType: 'account_error',
  ERC7579UnsupportedModuleType: 'account_error',
  ExpiryTooFar: 'intent_expiry_too_far',
  FailedCall: 'call_reverted',
  GrantExpired: 'grant_expired',
  InsufficientGas: 'insufficient_gas',
  IntentExpired: 'intent_expired',
  InvalidKey: 'invalid_key',
  InvalidKeySignature: 'invalid_signature',
  InvalidMaxDuration: 'duration_too_long',
  InvalidOwnerSignature: 'invalid_signature',
  InvalidPolicyOwner: 'invalid_owner',
  InvalidRevoker: 'invalid_revoker',
  InvalidShortString: 'internal',
  InvalidUnpauseSignature: 'invalid_signature',
  InvalidSigner: 'invalid_owner',
  InvalidWindow: 'invalid_window',
  LastSigner: 'invalid_owner',
  MalformedBundle: 'malformed_bundle',
  ModuleNotInstalled: 'module_not_installed',
  ModuleTarget: 'forbidden_target',
  NotInBatch: 'not_in_batch',
  NotAuthorized: 'not_authorised_on_chain',
  OutOfRangeAccess: 'account_error',
  PolicyAlreadyPublished: 'policy_already_published',
  PolicyIsPaused: 'policy_paused',
  ReentrantExecution: 'reentrancy',
  RenewalMismatch: 'renewal_mismatch',
  RenewalNotLater: 'renewal_not_later',
  RevokedSession: 'session_revoked',
  SequenceAhead: 'sequence_ahead',
  SequenceUsed: 'sequence_used',
  SessionExpired: 'session_expired',
  SessionNotStarted: 'session_not_started',
  SignerAlreadyExists: 'invalid_owner',
  SpendLimitReached: 'spend_limit_exceeded',
  SpendNotMeasurable: 'spend_not_measurable',
  SpendPeriodLimitReached: 'spend_period_limit_exceeded',
  StaleSession: 'epoch_mismatch',
  StringTooLong: 'internal',
  TableMismatch: 'table_mismatch',
  TargetHasNoCode: 'target_has_no_code',
  TermsMissing: 'terms_missing',
  TermsNotCompiled: 'terms_not_compiled',
  TooManyApprovals: 'too_many_approvals',
  TooManyRevokers: 'too_many_revokers',
  UnknownPolicy: 'policy_unknown',
  UnknownSession: 'session_unknown',
  UnknownSigner: 'invalid_owner',
  ValueLimitReached: 'value_limit_exceeded',
  ValuePerCallExceeded: 'value_per_call_exceeded',
  ValuePeriodLimitReached: 'value_period_limit_exceeded',
}

/** Every custom error of SessionManager, TermsCompiler, PlayerAccount and its factory. */
export const contractErrors: readonly AbiError[] = [
  ...sessionManagerAbi,
  ...termsCompilerAbi,
  ...playerAccountAbi,
  ...playerAccountFactoryAbi,
].filter((item) => item.type === 'error')

function selectorOfError({ name, inputs }: AbiError): Hex {
  return toFunctionSelector({
    type: 'function',
    name,
    inputs,
    outputs: [],
    stateMutability: 'nonpayable',
  })
}

const nameBySelector = new Map<string, string>(
  contractErrors.map((item) => [selectorOfError(item), item.name]),
)

/** Our meaning of a Solidity error's 4-byte selector; null for errors of other contracts. */
export function codeOfContractError(selector: Hex): ErrorCode | null {
  const name = nameBySelector.get(selector.toLowerCase())
  return (name && contractErrorCodes[name]) || null
}

function toDetails(item: AbiError, args: readonly unknown[]): ErrorDetails {
  const entries = item.inputs.map((input, index) => {
    const value = args[index]
    const isPlain = typeof value === 'number' || typeof value === 'boolean'
    return [input.name ?? String(index), isPlain ? value : String(value)]
  })
  return Object.fromEntries(entries)
}

/** A revert of our contracts as a typed error, with its arguments as details; null when the data is not one of our errors. */
export function decodeContractError(data: Hex): PlaykeyError | null {
  try {
    const decoded = decodeErrorResult({ abi: contractErrors, data })
    const code = contractErrorCodes[decoded.errorName]
    const item = decoded.abiItem as AbiError
    if (!code || item.type !== 'error') return null
    const details = toDetails(item, decoded.args ?? [])
    return new PlaykeyError(code, {
      details: { ...details, error: decoded.errorName },
    })
  } catch {
    return null
  }
}
