import { type Address, isAddressEqual, zeroAddress } from 'viem'
import { functionName } from '../permission/function-signature'
import { isSameFunction } from '../permission/permission-schema'
import { selectorOf } from '../permission/selector'
import { blockedFunctions } from './dangerous-selectors'
import type { GameAction } from './policy'

/** One finding. `block` stops publishing, `warn` asks the studio to look again. */
export type LintFinding = {
  level: 'block' | 'warn'
  /** Path of the field, for example `actions.1.permission.signature`. */
  field: string
  message: string
}

/** What the linter may know about the world. Everything optional is skipped when absent. */
export type LintContext = {
  sessionManager: Address
  factory?: Address
  accountImplementation?: Address
  /** Further contracts that are never a target, for example ERC-4337 entry points. */
  forbiddenTargets?: readonly Address[]
  /** Addresses known to hold code. When given, others are blocked. */
  targetsWithCode?: readonly Address[]
  /** Contracts known to be upgradeable. */
  proxyTargets?: readonly Address[]
  /** Signatures of each contract's ABI. */
  abiSignatures?: Readonly<Record<Address, readonly string[]>>
  maxDurationSeconds?: number
}

/** ERC-4337 entry points 0.6 to 0.9: never a session's target. */
export const ENTRY_POINTS: readonly Address[] = [
  '0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789',
  '0x0000000071727De22E5E9d8BAf0edAc6f37da032',
  '0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108',
  '0x433709009B8330FDa32311DF1C2AFA402eD8D009',
]

const SEVEN_DAYS_SECONDS = 604_800
const HIGHEST_PRECOMPILE = 0xffffn

const blockedBySelector = new Map(
  blockedFunctions.map((entry) => [selectorOf(entry.signature), entry]),
)
/** Names whose every overload is suspicious. */
const blockedNames = new Set(
  blockedFunctions.map((entry) => functionName(entry.signature)),
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
  ].filter((address) => address !== undefined)
  if (includes(own, to)) return block('belongs to Playkey itself')
  if (includes([...ENTRY_POINTS, ...(context.forbiddenTargets ?? [])], to)) {
    return block('controls players’ accounts')
  }
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

function lintFunction(
  action: GameAction,
  field: string,
  context: LintContext,
): LintFinding[] {
  const { to, signature } = action.permission
  const selector = selectorOf(signature)
  const danger = blockedBySelector.get(selector)
  if (danger) {
    const alias =
      danger.signature === signature
        ? ''
        : ` (same selector as ${danger.signature})`
    return [{ level: 'block', field, message: `${danger.why}${alias}` }]
  }
  const findings: LintFinding[] = []
  if (blockedNames.has(functionName(signature))) {
    findings.push({
      level: 'warn',
      field,
      message: 'has the name of a function that is usually dangerous',
    })
  }
  const abi = context.abiSignatures?.[to]
  if (!abi) return findings
  if (!abi.includes(signature)) {
    findings.push({
      level: 'block',
      field,
      message: 'is not a function of this contract',
    })
  }
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

function lintLimits(action: GameAction, prefix: string): LintFinding[] {
  const { maxCalls, maxValue, maxValuePerCall } = action.permission
  const findings: LintFinding[] = []
  if (maxCalls > 100_000) {
    findings.push({
      level: 'warn',
      field: `${prefix}.maxCalls`,
      message: 'is more than anyone plays in one session',
    })
  }
  if (maxValuePerCall > maxValue) {
    findings.push({
      level: 'block',
      field: `${prefix}.maxValuePerCall`,
      message: 'is more than the whole session may spend',
    })
  }
  if (maxValue > 10n ** 17n) {
    findings.push({
      level: 'warn',
      field: `${prefix}.maxValue`,
      message: 'lets a stolen key spend more than 0.1 ETH',
    })
  }
  return findings
}

/** Everything that speaks against publishing `actions`, worst first per action. Empty = nothing found. */
export function lintPolicy(
  actions: readonly GameAction[],
  context: LintContext,
): LintFinding[] {
  const findings = actions.flatMap((action, index) => {
    const prefix = `actions.${index}.permission`
    const isDuplicate = actions
      .slice(0, index)
      .some((other) => isSameFunction(other.permission, action.permission))
    const duplicate: LintFinding[] = isDuplicate
      ? [
          {
            level: 'block',
            field: `${prefix}.signature`,
            message: 'is listed twice for the same contract',
          },
        ]
      : []
    return [
      ...lintTarget(action.permission.to, `${prefix}.to`, context),
      ...lintFunction(action, `${prefix}.signature`, context),
      ...lintLimits(action, prefix),
      ...duplicate,
    ]
  })
  if ((context.maxDurationSeconds ?? 0) > SEVEN_DAYS_SECONDS) {
    findings.push({
      level: 'warn',
      field: 'maxDurationSeconds',
      message: 'is more than seven days: a lost device stays useful that long',
    })
  }
  return findings
}
