import {
  type Address,
  type Hex,
  isAddressEqual,
  numberToHex,
  zeroAddress,
} from 'viem'
import { PlaykeyError } from '@/lib/errors/base-error'
import type { PermissionJson } from '@/lib/permission/permission'
import { selectorOf } from '@/lib/permission/selector'
import type { SpendLimitJson, TermsJson } from '@/lib/permission/terms'
import { type DialectKey, toDialectKey } from '@/lib/rpc/dialect-key'
import type { SessionKey } from '@/lib/session/session'
import type { GrantRequest } from './grant-schema'

/** A grant as the RISE/Porto dialect answers it. `capabilities.playkey` holds what the dialect cannot say. */
export type DialectGrant = {
  id: Hex
  address: Address
  chainId: Hex
  /** Unix seconds, exclusive. */
  expiry: number
  key: DialectKey
  permissions: { calls: { to: Address; signature: string }[] }
  capabilities: {
    playkey: {
      status: string
      policyId: Hex | null
      /** Unix seconds, inclusive. */
      validAfter: number
      /** Every limit, exactly as signed. */
      permissions: PermissionJson[]
      /** How much of which tokens it may spend, exactly as signed. */
      spendLimits: SpendLimitJson[]
    }
  }
}

type CallScope = GrantRequest['permissions']['calls'][number]

function isCovered(permission: PermissionJson, scope: CallScope): boolean {
  const { to, signature } = scope
  if (!to || !signature || !isAddressEqual(to, permission.to)) return false
  const selector = signature.startsWith('0x')
    ? signature.toLowerCase()
    : selectorOf(signature)
  return selector === selectorOf(permission.signature)
}

/**
 * The permissions of a policy that a game asked for, in the policy's order, with every spend limit of the policy.
 * @throws PlaykeyError `wildcard_permission` naming the missing part, `wider_than_policy` for a function that the policy does not have, `unsupported_capability` for limits that could not be kept.
 */
export function narrowTerms(
  offered: TermsJson,
  asked: GrantRequest['permissions'],
): TermsJson {
  for (const [index, { to, signature }] of asked.calls.entries()) {
    if (to && signature) continue
    const missing = to ? 'signature' : 'to'
    throw new PlaykeyError('wildcard_permission', {
      details: { field: `permissions.calls.${index}.${missing}` },
    })
  }
  const stray = asked.calls.find(
    (scope) =>
      !offered.permissions.some((permission) => isCovered(permission, scope)),
  )
  if (stray) {
    throw new PlaykeyError('wider_than_policy', {
      details: { to: stray.to ?? '', signature: stray.signature ?? '' },
    })
  }
  const permissions = offered.permissions.filter((permission) =>
    asked.calls.some((scope) => isCovered(permission, scope)),
  )
  const terms = { permissions, spendLimits: offered.spendLimits }
  assertSpend(terms, asked.spend ?? [])
  return terms
}

/** Most of `token` that `terms` let go, in wei or smallest units; null when nothing limits it. */
function mostSpentOf(
  { permissions, spendLimits }: TermsJson,
  token: Address | undefined,
): bigint | null {
  if (token === undefined || BigInt(token) === 0n) {
    return permissions.reduce((sum, p) => sum + BigInt(p.maxValue), 0n)
  }
  const limit = spendLimits.find((other) => isAddressEqual(other.token, token))
  return limit ? BigInt(limit.maxAmount) : null
}

/** A spend limit that is tighter than the policy's could not be kept: say so instead of ignoring it. */
function assertSpend(
  terms: TermsJson,
  spend: NonNullable<GrantRequest['permissions']['spend']>,
): void {
  for (const { limit, token } of spend) {
    const most = mostSpentOf(terms, token)
    if (most !== null && BigInt(limit) >= most) continue
    throw new PlaykeyError('unsupported_capability', {
      message: 'These spend limits cannot be kept.',
      remedy: 'Ask for the limits of the game’s policy.',
      details: {
        token: token ?? zeroAddress,
        most: most?.toString() ?? 'unlimited',
      },
    })
  }
}

/** A session in the dialect's words. */
export function toDialectGrant(
  session: {
    id: Hex
    account: Address
    key: SessionKey
    status: string
    policyId: Hex | null
    validAfter: number
    validUntil: number
    terms: TermsJson
  },
  chainId: number,
): DialectGrant {
  const { id, account, key, status, policyId } = session
  const { validAfter, validUntil, terms } = session
  return {
    id,
    address: account,
    chainId: numberToHex(chainId),
    expiry: validUntil,
    key: toDialectKey(key),
    permissions: {
      calls: terms.permissions.map(({ to, signature }) => ({ to, signature })),
    },
    capabilities: {
      playkey: {
        ...{ status, policyId, validAfter },
        permissions: terms.permissions,
        spendLimits: terms.spendLimits,
      },
    },
  }
}
