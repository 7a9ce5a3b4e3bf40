import { type Address, isAddressEqual, zeroAddress } from 'viem'
import { checkTerms } from '../permission/check-terms'
import { ENTRY_POINTS, PERMIT2 } from '../permission/forbidden-target'
import { functionName } from '../permission/function-signature'
import type { Permission } from '../permission/permission'
import { selectorOf } from '../permission/selector'
import type { SpendLimit } from '../permission/terms'
import { tokenFunctionOf, tokenFunctions } from '../permission/token-function'
import { blockedFunctions } from './dangerous-selectors'
import type { LintFinding } from './lint-finding'
import { lintReceivers } from './lint-receivers'
import type { GameAction } from './policy'
import { toDocumentPath } from './policy-schema'

/** What is linted: a policy's terms with the studio's words for them. */
export type LintedPolicy = {
  actions: readonly GameAction[]
  spendLimits: readonly SpendLimit[]
}

/** What the linter may know about the world. Everything optional is skipped when absent. */
export type LintContext = {
  sessionManager: Address
  factory?: Address
  accountImplementation?: Address
  /** Further addresses of the deployment that are never a target, such as the keys that it acts with. */
  forbiddenTargets?: readonly Address[]
  /** Addresses known to hold code. When given, others are blocked. */
  targetsWithCode?: readonly Address[]
  /** Contracts known to be upgradeable. */
  proxyTargets?: readonly Address[]
  /** Signatures of each contract's ABI. */
  abiSignatures?: Readonly<Record<Address, readonly string[]>>
  maxDurationSeconds?: number
}

const SEVEN_DAYS_SECONDS = 604_800
const HIGHEST_PRECOMPILE = 0xffffn

const blockedBySelector = new Map(
  blockedFunctions.map((entry) => [selectorOf(entry.signature), entry]),
)
/** Plain words that games use for functions of their own. */
const plainWords = new Set([
  ...['allow', 'batch', 'call', 'delegate', 'hope', 'move', 'pull', 'push'],
  'send',
])
/** Names whose every overload is suspicious. */
const suspiciousNames = new Set(
  blockedFunctions
    .map(({ signature }) => functionName(signature))
    .filter((name) => !plainWords.has(name)),
)

function includes(list: readonly Address[], address: Address): boolean {
  return list.some((entry) => isAddressEqual(entry, address))
}

function lintTarget(
  to: Address,
  field: string,
  context: LintContext,
): LintFinding[] {
  const block = (message: string): LintFinding[] => [
    { level: 'block', field, message },
  ]
  if (isAddressEqual(to, zeroAddress)) return block('is the zero address')
  if (BigInt(to) <= HIGHEST_PRECOMPILE) return block('is a precompile')
  const own = [
    context.sessionManager,
    context.factory,
    context.accountImplementation,
    ...(context.forbiddenTargets ?? []),
  ].filter((address) => address !== undefined)
  if (includes(own, to)) return block('belongs to Playkey itself')
  if (isAddressEqual(to, PERMIT2)) return block('moves everyone’s tokens')
  if (includes(ENTRY_POINTS, to)) return block('controls players’ accounts')
  if (context.targetsWithCode && !includes(context.targetsWithCode, to)) {
    return block('has no code: it is not a contract on this chain')
  }
  if (!includes(context.proxyTargets ?? [], to)) return []
  return [
    {
      level: 'warn',
      field,
      message: 'is upgradeable: its behaviour can change after players agreed',
    },
  ]
}

function lintAbi(
  { to, signature }: Permission,
  field: string,
  context: LintContext,
): LintFinding[] {
  const abi = context.abiSignatures?.[to]
  if (!abi) return []
  const findings: LintFinding[] = []
  if (!abi.includes(signature)) {
    findings.push({
      level: 'block',
      field,
      message: 'is not a function of this contract',
    })
  }
  const selector = selectorOf(signature)
  const twin = abi.find(
    (other) => other !== signature && selectorOf(other) === selector,
  )
  if (twin) {
    findings.push({
      level: 'block',
      field,
      message: `has the same selector as ${twin}`,
    })
  }
  return findings
}

function lintFunction(
  permission: Permission,
  field: string,
  context: LintContext,
): LintFinding[] {
  const { signature } = permission
  const danger = blockedBySelector.get(selectorOf(signature))
  if (danger) {
    const alias =
      danger.signature === signature
        ? ''
        : ` (same selector as ${danger.signature})`
    return [{ level: 'block', field, message: `${danger.why}${alias}` }]
  }
  const twin = Object.keys(tokenFunctions).find(
    (other) =>
      other !== signature && selectorOf(other) === selectorOf(signature),
  )
  if (twin) {
    const message = `is really ${twin}: it has the same selector`
    return [{ level: 'block', field, message }]
  }
  const isSuspicious =
    suspiciousNames.has(functionName(signature)) &&
    tokenFunctionOf(signature) === 0
  const suspicion: LintFinding[] = isSuspicious
    ? [
        {
          level: 'warn',
          field,
          message: 'has the name of a function that is usually dangerous',
        },
      ]
    : []
  return [...suspicion, ...lintAbi(permission, field, context)]
}

function lintLimits(
  { maxCalls, maxValue, period }: Permission,
  prefix: string,
  context: LintContext,
): LintFinding[] {
  const warn = (field: string, message: string): LintFinding => ({
    level: 'warn',
    field: `${prefix}.${field}`,
    message,
  })
  const findings: LintFinding[] = []
  if (maxCalls > 100_000) {
    findings.push(warn('maxCalls', 'is more than anyone plays in one session'))
  }
  if (maxValue > 10n ** 17n) {
    findings.push(warn('maxValue', 'lets a stolen key spend more than 0.1 ETH'))
  }
  if (period > (context.maxDurationSeconds ?? period)) {
    findings.push(warn('period', 'is longer than any session lasts'))
  }
  return findings
}

/** What the contract itself would refuse. Targets and functions have findings of their own, which say more. */
function lintTerms({ actions, spendLimits }: LintedPolicy): LintFinding[] {
  const permissions = actions.map(({ permission }) => permission)
  return checkTerms({ permissions, spendLimits })
    .filter(
      ({ error }) =>
        error !== 'ForbiddenTarget' && error !== 'UnboundedFunction',
    )
    .map(({ path, message }) => ({
      level: 'block',
      field: toDocumentPath(path).join('.'),
      message,
    }))
}

function lintSpendLimits(
  { spendLimits }: LintedPolicy,
  context: LintContext,
): LintFinding[] {
  return spendLimits.flatMap(({ token }, index): LintFinding[] => {
    if (!context.targetsWithCode) return []
    if (includes(context.targetsWithCode, token)) return []
    const message = 'has no code: it is not a token on this chain'
    return [{ level: 'block', field: `spendLimits.${index}.token`, message }]
  })
}

/** Everything that speaks against publishing a policy: first action by action, then what concerns the whole. Empty = nothing found. */
export function lintPolicy(
  policy: LintedPolicy,
  context: LintContext,
): LintFinding[] {
  const findings = policy.actions.flatMap(({ permission }, index) => {
    const prefix = `actions.${index}.permission`
    return [
      ...lintTarget(permission.to, `${prefix}.to`, context),
      ...lintFunction(permission, `${prefix}.signature`, context),
      ...lintReceivers(permission, prefix),
      ...lintLimits(permission, prefix, context),
    ]
  })
  findings.push(...lintTerms(policy), ...lintSpendLimits(policy, context))
  if ((context.maxDurationSeconds ?? 0) > SEVEN_DAYS_SECONDS) {
    findings.push({
      level: 'warn',
      field: 'maxDurationSeconds',
      message: 'is more than seven days: a lost device stays useful that long',
    })
  }
  return findings
}
