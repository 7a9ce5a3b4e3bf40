import { type Abi, decodeErrorResult, type Hex, toFunctionSelector } from 'viem'
import { playerAccountAbi } from '@/lib/contracts/generated/player-account'
import { playerAccountFactoryAbi } from '@/lib/contracts/generated/player-account-factory'
import { sessionManagerAbi } from '@/lib/contracts/generated/session-manager'
import { type ErrorDetails, PlaykeyError } from '@/lib/errors/base-error'
import type { ErrorCode } from '@/lib/errors/error-table'

type AbiError = Extract<Abi[number], { type: 'error' }>

/** Every custom error of our contracts → what it means to people. A test checks that none is missing. */
export const contractErrorCodes: Readonly<Record<string, ErrorCode>> = {
  AccountMismatch: 'account_mismatch',
  AccountNotDeployed: 'account_not_deployed',
  AccountUnauthorized: 'not_authorised_on_chain',
  CallGasTooHigh: 'call_gas_too_high',
  CallLimitReached: 'call_limit_exceeded',
  DuplicatePermission: 'duplicate_permission',
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
  ForbiddenTarget: 'forbidden_target',
  GrantExpired: 'grant_expired',
  InsufficientGas: 'insufficient_gas',
  InsufficientGrantGas: 'insufficient_gas',
  IntentExpired: 'intent_expired',
  InvalidCallLimit: 'invalid_permission',
  InvalidFunctionSignature: 'invalid_permission',
  InvalidKey: 'invalid_key',
  InvalidKeySignature: 'invalid_signature',
  InvalidMaxDuration: 'duration_too_long',
  InvalidOwnerSignature: 'invalid_signature',
  InvalidPermissionCount: 'permission_count',
  InvalidPolicyOwner: 'invalid_owner',
  InvalidRevoker: 'invalid_revoker',
  InvalidShortString: 'internal',
  InvalidUnpauseSignature: 'invalid_signature',
  InvalidSigner: 'invalid_owner',
  InvalidValueLimit: 'invalid_permission',
  InvalidWindow: 'invalid_window',
  LastSigner: 'invalid_owner',
  MalformedBundle: 'malformed_bundle',
  ModuleNotInstalled: 'module_not_installed',
  ModuleTarget: 'forbidden_target',
  NotAuthorized: 'not_authorised_on_chain',
  OutOfRangeAccess: 'account_error',
  PermissionOutsidePolicy: 'wider_than_policy',
  PolicyAlreadyPublished: 'policy_already_published',
  PolicyIsPaused: 'policy_paused',
  PolicyTableMismatch: 'table_mismatch',
  ReentrantExecution: 'reentrancy',
  RenewalNotLater: 'renewal_not_later',
  RevokedSession: 'session_revoked',
  SequenceAhead: 'sequence_ahead',
  SequenceUsed: 'sequence_used',
  SessionExpired: 'session_expired',
  SessionNotStarted: 'session_not_started',
  SignerAlreadyExists: 'invalid_owner',
  StaleSession: 'epoch_mismatch',
  StringTooLong: 'internal',
  TargetHasNoCode: 'target_has_no_code',
  TooManyRevokers: 'too_many_revokers',
  UnknownPolicy: 'policy_unknown',
  UnknownSession: 'session_unknown',
  UnknownSigner: 'invalid_owner',
  ValueLimitReached: 'value_limit_exceeded',
  ValuePerCallExceeded: 'value_per_call_exceeded',
}

/** Every custom error of SessionManager, PlayerAccount and its factory. */
export const contractErrors: readonly AbiError[] = [
  ...sessionManagerAbi,
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
