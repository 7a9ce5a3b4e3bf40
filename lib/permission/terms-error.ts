import type { ErrorCode } from '@/lib/errors/error-table'

/** The contract's errors about terms → what they mean to people. */
export const termsErrorCodes = {
  InvalidPermissionCount: 'permission_count',
  InvalidFunctionSignature: 'invalid_permission',
  InvalidCallLimit: 'invalid_permission',
  InvalidValueLimit: 'invalid_permission',
  InvalidPeriod: 'invalid_period',
  DuplicatePermission: 'duplicate_permission',
  ForbiddenTarget: 'forbidden_target',
  UnboundedFunction: 'unbounded_function',
  SpendLimitMissing: 'spend_limit_missing',
  InvalidRule: 'invalid_rule',
  UnsupportedRule: 'unsupported_rule',
  TooManyRules: 'too_many_rules',
  TooManySpendLimits: 'too_many_spend_limits',
  InvalidSpendLimit: 'invalid_spend_limit',
  TooManyCounters: 'too_many_counters',
  TooManyMeters: 'too_many_meters',
  PermissionOutsidePolicy: 'wider_than_policy',
  SpendLimitOutsidePolicy: 'wider_than_policy',
} as const satisfies Record<string, ErrorCode>

/** Name of a Solidity error about terms. */
export type TermsErrorName = keyof typeof termsErrorCodes
